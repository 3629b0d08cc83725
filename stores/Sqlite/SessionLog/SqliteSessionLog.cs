using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// The session log of one process: one SQLite file in the data folder, which is locked against other processes. What it says is committed is on the disk.
/// </summary>
internal sealed class SqliteSessionLog : ISessionLog, IDisposable
{
    private readonly DataFolderLock folder;
    private readonly SqliteCheckpointer checkpointer;
    private readonly SqliteLogWriter writer;
    private readonly SqliteReaderPool readers;
    private readonly StoreWatch watch;

    /// <exception cref="SessionLogUnavailableException">The folder or the file can't be used; the message says why.</exception>
    public SqliteSessionLog(IOptions<SqliteSessionLogOptions> options, TimeProvider time, StoreHealth health, ILogger<SqliteSessionLog> logger)
    {
        var path = Path.GetFullPath(options.Value.Path);
        folder = DataFolderLock.Take(path);
        try
        {
            var file = new SqliteLogFile(Path.Combine(path, "sessions.db"), options.Value.BusyTimeoutMs);
            file.Prepare();
            watch = SqliteFaults.Watch("sessions", file.Path, health, logger, () => writer!.WriteAsync(tables => tables.Probe()));
            checkpointer = new(file, options.Value.CheckpointPages, logger);
            writer = new(file, checkpointer, watch, time, logger);
            readers = new(file, watch, options.Value.Readers);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        _ = SweepLeftoversAsync();
    }

    /// <inheritdoc />
    public Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default) =>
        WriteAsync(tables => tables.Open(session, createFor), cancellationToken);

    /// <inheritdoc />
    public Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default)
    {
        LogEntries.RequireNumbers(entries, expectedHead);
        var names = header?.Members is { } list ? JsonSerializer.Serialize(list) : null;
        return WriteAsync(tables => tables.Append(session, token, expectedHead, entries, names, header?.OpenWork, header?.Label), cancellationToken);
    }

    /// <inheritdoc />
    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.GetHeader(session), cancellationToken);

    /// <inheritdoc />
    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.Read(session, after, limits), cancellationToken);

    /// <inheritdoc />
    public Task<LogPage?> ReadMomentAsync(SessionKey session, long at, string? execution, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.ReadMoment(session, at, execution, limits), cancellationToken);

    /// <inheritdoc />
    public Task<MessagePage?> ReadMessagesAsync(SessionKey session, string? before, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.ReadMessages(session, before, limits), cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.GetHeads(sessions), cancellationToken);

    /// <inheritdoc />
    public async Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var done = await WriteAsync(tables => tables.Trim(session, token, upTo), cancellationToken).ConfigureAwait(false);
            if (done != false) return done is true;
        }
    }

    /// <inheritdoc />
    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default) =>
        WriteAsync(tables => tables.Renew(session, token), cancellationToken);

    /// <inheritdoc />
    public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        if (await WriteAsync(tables => tables.Delete(session), cancellationToken).ConfigureAwait(false)) await SweepAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        WriteAsync(tables => tables.Replace(session, token, replacements), cancellationToken, scrubs: true);

    /// <inheritdoc />
    public Task<bool> ReplaceAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        WriteAsync(tables => tables.Replace(session, token, replacements), cancellationToken);

    /// <inheritdoc />
    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default)
    {
        return writer.FindStored(tenant, owner) is { } known ? new(known) : new(LoadAsync());

        async Task<StoredBytes> LoadAsync()
        {
            await WriteAsync(tables => tables.Total(tenant), cancellationToken).ConfigureAwait(false);
            return writer.FindStored(tenant, owner) ?? default;
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.Lists.ListOpenWork(), cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.Lists.List(tenant, subject, limit, after), cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        readers.ReadAsync(reader => reader.Lists.ListIdle(prefix, since, limit), cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        watch.Dispose();
        readers.Dispose();
        writer.Dispose();
        checkpointer.Dispose();
        folder.Dispose();
    }

    /// <summary>Once a write is queued nothing takes it back: the caller has to learn whether it took place.</summary>
    private Task<T> WriteAsync<T>(Func<SqliteLogTables, T> apply, CancellationToken cancellationToken, bool scrubs = false) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken) : writer.WriteAsync(apply, scrubs);

    /// <summary>Removes the entries of logs that are gone, a step per transaction, and what is left of them in the files.</summary>
    private async Task SweepAsync()
    {
        var gone = await writer.WriteAsync(tables => tables.Garbage()).ConfigureAwait(false);
        foreach (var no in gone)
        {
            while (await writer.WriteAsync(tables => tables.Sweep(no)).ConfigureAwait(false))
            {
            }
        }

        if (gone.IsEmpty) return;
        await writer.WriteAsync(_ => true, scrubs: true).ConfigureAwait(false);
        foreach (var no in gone) await writer.WriteAsync(tables => tables.Swept(no)).ConfigureAwait(false);
    }

    /// <summary>Sweeps what an earlier process, or a fault, has left.</summary>
    private async Task SweepLeftoversAsync()
    {
        try
        {
            await SweepAsync().ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
            // Logged by the writer. The logs themselves are gone either way.
        }
    }
}
