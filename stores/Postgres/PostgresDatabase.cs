using Npgsql;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>
/// The archive's connections. The tables are made when they are first needed, so that a process starts while the database is away.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int Version = 1;
    private const int MaxConnections = 10;
    private const long Lock = 0x746F6F6C5F617263; // one who makes the tables at a time

    private const string Schema =
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
        """;

    /// <summary>What was typed may hold the password, and so may the exception: neither is shown.</summary>
    public const string NoConnectionString = "ToolRuntime:Archive:ConnectionString is none that Npgsql understands; it takes such as "
        + "Host=db.example.com;Username=toolruntime;Password=..;Database=toolruntime.";

    private readonly NpgsqlDataSource source;
    private readonly SemaphoreSlim preparing = new(1);
    private volatile bool prepared;

    public PostgresDatabase(PostgresArchiveOptions options)
    {
        var settings = Parse(options.ConnectionString) ?? throw new ArgumentException(NoConnectionString);
        var seconds = Math.Max(1, options.TimeoutMs / 1_000);
        (settings.Timeout, settings.CommandTimeout, settings.CancellationTimeout) = (seconds, seconds, 500);
        settings.ApplicationName ??= "toolruntime";
        // A server takes a hundred connections by default, and there are many processes.
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = MaxConnections;
        source = NpgsqlDataSource.Create(settings);
    }

    /// <summary>Null: it is none, or names no host.</summary>
    public static NpgsqlConnectionStringBuilder? Parse(string? text)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(text) { PersistSecurityInfo = false, IncludeErrorDetail = false };
            return settings.Host is { Length: > 0 } ? settings : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>Runs something on a connection of its own, on tables that are there.</summary>
    public async Task<T> RunAsync<T>(string failure, Func<NpgsqlConnection, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            if (!prepared) await PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
            return await run(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.Explain(failure, e) is { } known)
        {
            throw known;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync().ConfigureAwait(false);
        preparing.Dispose();
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await preparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (prepared) return;
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync($"SELECT pg_advisory_xact_lock({Lock})").ConfigureAwait(false);
            if (await ExecuteAsync("SELECT to_regclass('toolruntime_archive_schema')::text").ConfigureAwait(false) is not string)
            {
                await ExecuteAsync(Schema).ConfigureAwait(false);
            }

            var version = (int)(await ExecuteAsync("SELECT max(version) FROM toolruntime_archive_schema").ConfigureAwait(false))!;
            if (version > Version)
            {
                throw new SessionLogUnavailableException($"The archive's tables have version {version}; this program knows {Version}.")
                {
                    Reason = "the archive of idle sessions belongs to a newer version",
                };
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            prepared = true;

            async Task<object?> ExecuteAsync(string text)
            {
                await using var command = new NpgsqlCommand(text, connection, transaction);
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            preparing.Release();
        }
    }
}
