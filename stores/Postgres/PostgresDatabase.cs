using Npgsql;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>
/// Connections to tables. These are made when they are first needed, so that a process starts while the database is away.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int MaxConnections = 10;

    /// <summary>What was typed may hold the password, and so may the exception: neither is shown.</summary>
    public const string NoConnectionString = "ToolRuntime:Archive:ConnectionString is none that Npgsql understands; it takes such as "
        + "Host=db.example.com;Username=toolruntime;Password=..;Database=toolruntime.";

    private readonly PostgresTables tables;
    private readonly NpgsqlDataSource source;
    private readonly SemaphoreSlim preparing = new(1);
    private volatile bool prepared;

    public PostgresDatabase(PostgresTables tables, string? connectionString, int timeoutMs)
    {
        this.tables = tables;
        var settings = Parse(connectionString) ?? throw new ArgumentException(NoConnectionString);
        var seconds = Math.Max(1, timeoutMs / 1_000);
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
        catch (Exception e) when (PostgresFaults.Explain(tables.What, failure, e) is { } known)
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
            await ExecuteAsync($"SELECT pg_advisory_xact_lock({tables.Lock})").ConfigureAwait(false);
            if (await ExecuteAsync($"SELECT to_regclass('{tables.Name}_schema')::text").ConfigureAwait(false) is not string)
            {
                await ExecuteAsync(tables.Schema).ConfigureAwait(false);
            }

            var version = (int)(await ExecuteAsync($"SELECT max(version) FROM {tables.Name}_schema").ConfigureAwait(false))!;
            if (version > tables.Version)
            {
                throw new SessionLogUnavailableException($"The tables {tables.Name}* have version {version}; this program knows {tables.Version}.")
                {
                    Reason = $"{tables.What} belongs to a newer version",
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
