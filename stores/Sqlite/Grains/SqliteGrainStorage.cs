using System.Globalization;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// States in an SQLite file. What was overwritten or cleared leaves no trace: SQLite zeroes what it frees, and a state begins beyond the
/// part of a row that is copied about when pages are split or joined.
/// </summary>
internal sealed class SqliteGrainStorage(SqliteDatabase database) : IGrainStorage
{
    public const string Schema =
        "CREATE TABLE IF NOT EXISTS grain_state (grain TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (grain, name)) WITHOUT ROWID;";

    /// <summary>More than the 1,002 bytes of a row that SQLite keeps in a page of 4 KB; the rest has pages of its own.</summary>
    private const int Padding = 1_024;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        var row = await database.ReadAsync(connection => Read(connection, grain, stateName));
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = row is { } found ? StateSerializer.Deserialize<T>(Unpad(found.State)) : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (grain, expected) = (grainId.ToString(), Version(grainState.ETag));
        using var state = new StateBuffer();
        state.GetSpan(Padding)[..Padding].Clear();
        state.Advance(Padding);
        StateSerializer.Serialize(state, grainState.State);
        var (written, version) = await database.WriteAsync(connection => Write(connection, grain, stateName, expected, state));
        Require(written, stateName, grainId, version, grainState.ETag);
        (grainState.RecordExists, grainState.ETag) = (true, version!.Value.ToString(CultureInfo.InvariantCulture));
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (grain, expected) = (grainId.ToString(), Version(grainState.ETag));
        var (cleared, version) = await database.WriteAsync(connection => Clear(connection, grain, stateName, expected));
        Require(cleared, stateName, grainId, version, grainState.ETag);
        (grainState.State, grainState.RecordExists, grainState.ETag) = (Activator.CreateInstance<T>(), false, null);
    }

    /// <summary>JSON never begins with a zero; one that does not was written before there was padding.</summary>
    private static ReadOnlySpan<byte> Unpad(byte[] stored) => stored is [0, ..] ? stored.AsSpan(Padding) : stored;

    private static (long Version, byte[] State)? Read(SqliteConnection connection, string grain, string name)
    {
        using var command = connection.Command(
            "SELECT version, state FROM grain_state WHERE grain = $grain AND name = $name", ("$grain", grain), ("$name", name));
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), (byte[])reader.GetValue(1)) : null;
    }

    private static (bool Written, long? Version) Write(SqliteConnection connection, string grain, string name, long? expected, StateBuffer state)
    {
        var stored = StoredVersion(connection, grain, name);
        if (stored != expected)
            return (false, stored);
        var next = connection.NextVersion();
        using var insert = new SqliteStatement(
            connection,
            "INSERT INTO grain_state (grain, name, version, state) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (grain, name) DO UPDATE SET version = excluded.version, state = excluded.state");
        insert.Bind(1, grain).Bind(2, name).Bind(3, next).Bind(4, state.Written).Run();
        return (true, next);
    }

    private static (bool Cleared, long? Version) Clear(SqliteConnection connection, string grain, string name, long? expected)
    {
        var stored = StoredVersion(connection, grain, name);
        if (stored != expected)
            return (false, stored);
        using var command = connection.Command(
            "DELETE FROM grain_state WHERE grain = $grain AND name = $name", ("$grain", grain), ("$name", name));
        command.ExecuteNonQuery();
        return (true, null);
    }

    private static long? StoredVersion(SqliteConnection connection, string grain, string name)
    {
        using var command = connection.Command(
            "SELECT version FROM grain_state WHERE grain = $grain AND name = $name", ("$grain", grain), ("$name", name));
        return command.ExecuteScalar() as long?;
    }

    private static long? Version(string? etag) =>
        etag is null ? null : long.TryParse(etag, CultureInfo.InvariantCulture, out var version) ? version : -1;

    private static void Require(bool done, string name, GrainId grain, long? stored, string? current)
    {
        if (!done)
        {
            throw new InconsistentStateException(
                $"State {name} of {grain} has version {stored?.ToString(CultureInfo.InvariantCulture) ?? "none"}, not {current ?? "none"}.",
                stored?.ToString(CultureInfo.InvariantCulture),
                current);
        }
    }
}
