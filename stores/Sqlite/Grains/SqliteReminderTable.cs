using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Reminders in an SQLite file.</summary>
internal sealed class SqliteReminderTable(SqliteDatabase database) : IReminderTable
{
    public const string Schema =
        "CREATE TABLE IF NOT EXISTS reminder (grain TEXT NOT NULL, name TEXT NOT NULL, hash INTEGER NOT NULL, start_at INTEGER NOT NULL, period INTEGER NOT NULL, version INTEGER NOT NULL, "
        + "PRIMARY KEY (grain, name)) WITHOUT ROWID; CREATE INDEX IF NOT EXISTS reminder_hash ON reminder (hash);";

    private const string Columns = "SELECT grain, name, start_at, period, version FROM reminder WHERE ";

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        (await ReadAsync(Columns + "grain = $grain AND name = $name", ("$grain", grainId.ToString()), ("$name", reminderName))).Reminders.FirstOrDefault();

    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadAsync(Columns + "grain = $grain", ("$grain", grainId.ToString()));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) =>
        ReadAsync(Columns + (begin < end ? "hash > $begin AND hash <= $end" : "hash > $begin OR hash <= $end"), ("$begin", (long)begin), ("$end", (long)end));

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        (string, object)[] values =
        [
            ("$grain", entry.GrainId.ToString()),
            ("$name", entry.ReminderName),
            ("$hash", (long)entry.GrainId.GetUniformHashCode()),
            ("$start", entry.StartAt.Ticks),
            ("$period", entry.Period.Ticks),
        ];
        return await database.WriteAsync(connection =>
        {
            var version = connection.NextVersion();
            using var command = connection.Command(
                "INSERT INTO reminder (grain, name, hash, start_at, period, version) VALUES ($grain, $name, $hash, $start, $period, $version) "
                + "ON CONFLICT (grain, name) DO UPDATE SET hash = excluded.hash, start_at = excluded.start_at, period = excluded.period, version = excluded.version",
                [.. values, ("$version", version)]);
            command.ExecuteNonQuery();
            return version.ToString(CultureInfo.InvariantCulture);
        });
    }

    /// <summary>A row that has gone already is removed: only one that somebody registered anew stays, and the caller is told.</summary>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        (string, object)[] values =
        [
            ("$grain", grainId.ToString()),
            ("$name", reminderName),
            ("$version", long.TryParse(eTag, CultureInfo.InvariantCulture, out var version) ? version : -1),
        ];
        return database.WriteAsync(connection =>
        {
            using var command = connection.Command("DELETE FROM reminder WHERE grain = $grain AND name = $name AND version = $version", values);
            if (command.ExecuteNonQuery() > 0) return true;
            using var another = connection.Command("SELECT 1 FROM reminder WHERE grain = $grain AND name = $name", [.. values.Take(2)]);
            return another.ExecuteScalar() is null;
        });
    }

    public Task TestOnlyClearTable() => database.WriteAsync(connection =>
    {
        using var command = connection.Command("DELETE FROM reminder");
        return command.ExecuteNonQuery();
    });

    private Task<ReminderTableData> ReadAsync(string sql, params (string, object)[] values) => database.ReadAsync(connection =>
    {
        using var command = connection.Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<ReminderEntry>();
        while (reader.Read()) rows.Add(Entry(reader));
        return new ReminderTableData(rows);
    });

    private static ReminderEntry Entry(SqliteDataReader reader) => new()
    {
        GrainId = GrainId.Parse(reader.GetString(0)),
        ReminderName = reader.GetString(1),
        StartAt = new(reader.GetInt64(2), DateTimeKind.Utc),
        Period = new(reader.GetInt64(3)),
        ETag = reader.GetInt64(4).ToString(CultureInfo.InvariantCulture),
    };
}
