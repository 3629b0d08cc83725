using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>
/// The archive in a table of PostgreSQL. Rows are inserted and deleted, their content is never changed; the clock is the database's.
/// </summary>
internal sealed class PostgresArchive(IOptions<PostgresArchiveOptions> options) : ISessionArchive, IAsyncDisposable, IDisposable
{
    private const string LookEvery = "interval '1 day'";

    private static readonly PostgresTables Tables = new(
        "the archive of idle sessions",
        "toolruntime_archive",
        Lock: 0x746F6F6C5F617263,
        Version: 1,
        """
        CREATE TABLE toolruntime_archive_schema (version int NOT NULL);
        CREATE TABLE toolruntime_archive (
            id uuid NOT NULL, part int NOT NULL, store text NOT NULL, tenant text NOT NULL, session text NOT NULL,
            content bytea NOT NULL,
            unused boolean NOT NULL DEFAULT false, since timestamptz NOT NULL DEFAULT now(), due timestamptz NOT NULL,
            PRIMARY KEY (id, part));
        ALTER TABLE toolruntime_archive ALTER content SET STORAGE EXTERNAL;
        CREATE INDEX toolruntime_archive_due ON toolruntime_archive (store, due) WHERE part = 0;
        INSERT INTO toolruntime_archive_schema VALUES (1);
        """);

    private readonly PostgresDatabase database = new(Tables, options.Value.ConnectionString, options.Value.TimeoutMs);
    private readonly TimeSpan keepFor = options.Value.KeepFor;

    /// <inheritdoc />
    public Task AddAsync(ArchivedLog log, int part, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        // The session leaves Redis for this row: it is on the disk before that, whatever the database's default is.
        WriteAsync(
            """
            WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true) AS done)
            INSERT INTO toolruntime_archive (id, part, store, tenant, session, content, due)
            SELECT $1, $2, $3, $4, $5, $6, now() + $7 FROM durable WHERE done IS NOT NULL
            ON CONFLICT (id, part) DO NOTHING
            """,
            [Of(log.Id), Of(part), Of(log.Store), Of(log.Session.Tenant), Of(log.Session.Session), Of(content), Of(keepFor)],
            cancellationToken);

    /// <inheritdoc />
    public Task<byte[]?> ReadAsync(Guid id, int part, CancellationToken cancellationToken = default) =>
        database.RunAsync("The archive could not be read.", async connection =>
        {
            await using var command = Command(
                connection, "SELECT content FROM toolruntime_archive WHERE id = $1 AND part = $2", [Of(id), Of(part)]);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as byte[];
        }, cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<ArchivedLog>> TakeAsync(string store, int limit, CancellationToken cancellationToken = default) =>
        database.RunAsync("The archive could not be read.", async connection =>
        {
            // Pushed on as they are taken: who dies over them leaves them to the next look.
            await using var command = Command(connection,
                $"""
                UPDATE toolruntime_archive SET due = now() + {LookEvery} WHERE part = 0 AND id IN (
                    SELECT id FROM toolruntime_archive WHERE part = 0 AND store = $1 AND due <= now()
                    ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED)
                RETURNING id, tenant, session
                """,
                [Of(store), Of(limit)]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var taken = ImmutableArray.CreateBuilder<ArchivedLog>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                taken.Add(new(reader.GetGuid(0), store, new(reader.GetString(1), reader.GetString(2))));
            }

            return taken.DrainToImmutable();
        }, cancellationToken);

    /// <inheritdoc />
    public Task KeepAsync(ImmutableArray<Guid> used, CancellationToken cancellationToken = default) =>
        WriteAsync(
            "UPDATE toolruntime_archive SET unused = false WHERE part = 0 AND unused AND id = ANY($1)", [Of(used)], cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<Guid>> ReleaseAsync(ImmutableArray<Guid> unused, CancellationToken cancellationToken = default) =>
        database.RunAsync("The archive could not be written.", async connection =>
        {
            // The first time they are marked, and wait; from then on a look finds them when the time is over.
            await using var command = Command(connection,
                """
                WITH marked AS (UPDATE toolruntime_archive SET unused = true, since = now(), due = now() + $2
                        WHERE part = 0 AND NOT unused AND id = ANY($1) RETURNING id),
                    gone AS (DELETE FROM toolruntime_archive WHERE id IN (
                        SELECT id FROM toolruntime_archive WHERE part = 0 AND unused AND since + $2 <= now() AND id = ANY($1)) RETURNING id)
                SELECT DISTINCT id FROM gone
                """,
                [Of(unused), Of(keepFor)]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var gone = ImmutableArray.CreateBuilder<Guid>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) gone.Add(reader.GetGuid(0));
            return gone.DrainToImmutable();
        }, cancellationToken);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private Task<int> WriteAsync(string text, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
        database.RunAsync("The archive could not be written.", async connection =>
        {
            await using var command = Command(connection, text, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Of(ReadOnlyMemory<byte> value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter<Guid[]> Of(ImmutableArray<Guid> value) => Of<Guid[]>([.. value]);
}
