using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The search index of one process, in a file of its own beside the log. Writing takes place on the caller's thread, one at a time.</summary>
internal sealed class SqliteSearchIndex : ISearchIndex, IDisposable
{
    private readonly SqliteSearchFile file;
    private readonly SqliteSearchOptions options;
    private readonly object gate = new();
    private readonly SemaphoreSlim slots;
    private readonly ConcurrentBag<SqliteSearchReader> idle = [];
    private volatile SqliteSearchTables? tables;
    private int generation;
    private bool unscrubbed;

    public SqliteSearchIndex(IOptions<SqliteSearchOptions> options)
    {
        this.options = options.Value;
        slots = new(this.options.Readers);
        file = new(Path.GetFullPath(this.options.Path ?? SqliteSearchOptions.FileName));
    }

    public Task<SearchPlace> FindAsync(SessionKey session, CancellationToken cancellationToken = default) => Task.FromResult(Use(open => open.Find(session)));

    public Task<ImmutableArray<(SessionKey Session, SearchPlace Place)>> ListAsync(SessionKey? after, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult(Use(open => open.List(after, limit).ToImmutableArray()));

    public Task<ImmutableArray<SessionKey>> WriteAsync(IReadOnlyList<SearchUpdate> updates, CancellationToken cancellationToken = default) => Task.FromResult(Use(open =>
    {
        var refused = open.Transact(() => updates.Where(update => !open.Write(update)).Select(update => update.Session).ToImmutableArray());
        if (updates.Any(update => update.Afresh || update.Removals.Length > 0)) unscrubbed = true;
        if (unscrubbed ? open.Truncate() : open.TruncateIfLong()) unscrubbed = false;
        return refused;
    }));

    public Task RemoveAsync(SessionKey session, ImmutableArray<SearchRemoval> removals, CancellationToken cancellationToken = default) =>
        Task.Run(() => Scrub(open => open.Remove(session, removals)), CancellationToken.None);

    public Task ForgetAsync(SessionKey session, CancellationToken cancellationToken = default) => Task.Run(() => Scrub(open => open.Forget(session)), CancellationToken.None);

    public async Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Search(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose()
    {
        lock (gate) tables?.Dispose();
        while (idle.TryTake(out var reader)) reader.Dispose();
    }

    // Also where nothing was left to remove: the indexer, or a process that was killed, may have removed it and gone no further.
    private void Scrub(Action<SqliteSearchTables> remove)
    {
        var clean = Use(open =>
        {
            open.Transact(() =>
            {
                remove(open);
                return true;
            });
            unscrubbed = !open.Truncate();
            return !unscrubbed;
        });
        if (!clean) throw new SessionLogUnavailableException("What was removed is still in the search index's write-ahead log, which somebody reads just now.");
    }

    private T Use<T>(Func<SqliteSearchTables, T> use)
    {
        lock (gate)
        {
            try
            {
                return use(tables ??= new(file));
            }
            catch (SqliteException fault)
            {
                tables?.Dispose();
                tables = null;
                Interlocked.Increment(ref generation);
                // A file that was damaged while it was open is made anew, and the index from the log.
                if (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB) SqliteSearchFile.Remove(file.Path);
                throw new SessionLogUnavailableException("The search index could not be written.", fault) { Reason = SqliteFaults.Reason(fault, file.Path) };
            }
        }
    }

    private SearchResult Search(SearchRequest request, CancellationToken cancellationToken)
    {
        SqliteSearchReader? reader = null;
        try
        {
            if (tables is null) Use(_ => true); // There is a file from then on; who writes holds up nobody who reads.
            reader = idle.TryTake(out var used) && used.Generation == generation ? used : new(file, options, generation);
            var widens = SearchMatch.CanWiden(request.Query);
            var found = Within(reader, widens ? options.WidenMs : options.TimeoutMs, () => reader.Search(request), cancellationToken);
            if (found is null && widens) found = Within(reader, options.TimeoutMs, () => reader.Widened(request), cancellationToken);
            idle.Add(reader);
            return found ?? throw new TimeoutException("The search took too long.");
        }
        catch (Exception exception)
        {
            reader?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is not SqliteException fault) throw;
            throw new SessionLogUnavailableException("The search index could not be read.", fault) { Reason = SqliteFaults.Reason(fault, file.Path) };
        }
    }

    /// <summary>Runs a search for so long; then it is given up.</summary>
    private static SearchResult? Within(SqliteSearchReader reader, int milliseconds, Func<SearchResult> search, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(milliseconds);
        try
        {
            using (timeout.Token.Register(() => raw.sqlite3_interrupt(reader.Connection.Handle))) return search();
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}
