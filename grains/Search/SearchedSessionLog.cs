using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Search;

/// <summary>
/// The session log, as it is, with a word to the indexer after each append. What is erased has left the index too before erasing is answered: whoever has a log erased repeats that
/// until it is answered, also after a crash.
/// </summary>
internal sealed class SearchedSessionLog(ISessionLog log, ISearchIndex index, SearchNews news) : ISessionLog, IAsyncDisposable, IDisposable
{
    public Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default) => log.OpenAsync(session, createFor, cancellationToken);

    public async Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default)
    {
        var outcome = await log.AppendAsync(session, token, expectedHead, entries, header, cancellationToken).ConfigureAwait(false);
        if (outcome == AppendOutcome.Committed && entries.Length > 0) news.Tell(session);
        return outcome;
    }

    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default) => log.GetHeaderAsync(session, cancellationToken);

    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default) => log.ReadAsync(session, after, limits, cancellationToken);

    public Task<LogPage?> ReadMomentAsync(SessionKey session, long at, string? execution, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        log.ReadMomentAsync(session, at, execution, limits, cancellationToken);

    public Task<MessagePage?> ReadMessagesAsync(SessionKey session, string? before, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        log.ReadMessagesAsync(session, before, limits, cancellationToken);

    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default) => log.GetHeadsAsync(sessions, cancellationToken);

    public async Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default)
    {
        if (!await log.TrimAsync(session, token, upTo, cancellationToken).ConfigureAwait(false)) return false;
        if (upTo > 0) await index.RemoveAsync(session, [new(0, upTo)], cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        await log.EraseAsync(session, token, replacements, cancellationToken).ConfigureAwait(false) && await ForgetAsync(session, replacements, cancellationToken).ConfigureAwait(false);

    public async Task<bool> ReplaceAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        await log.ReplaceAsync(session, token, replacements, cancellationToken).ConfigureAwait(false) && await ForgetAsync(session, replacements, cancellationToken).ConfigureAwait(false);

    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default) => log.RenewAsync(session, token, cancellationToken);

    public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        // Before, for a log that is gone is not deleted again; and after, for what was being read meanwhile.
        await index.ForgetAsync(session, cancellationToken).ConfigureAwait(false);
        await log.DeleteAsync(session, cancellationToken).ConfigureAwait(false);
        await index.ForgetAsync(session, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default) => log.GetStoredBytesAsync(tenant, owner, cancellationToken);

    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) => log.ListOpenWorkAsync(cancellationToken);

    public Task<ImmutableArray<SessionKey>> ListOpenWorkOfAsync(string holder, CancellationToken cancellationToken = default) => log.ListOpenWorkOfAsync(holder, cancellationToken);

    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) =>
        log.ListAsync(tenant, subject, limit, after, cancellationToken);

    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) =>
        log.ListIdleAsync(prefix, since, limit, cancellationToken);

    public void Dispose() => (log as IDisposable)?.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (log is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else Dispose();
    }

    private async Task<bool> ForgetAsync(SessionKey session, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken)
    {
        var removals = replacements.Where(entry => entry.Event.Target is not null).GroupBy(entry => entry.Event.Target)
            .Select(entries => new SearchRemoval(entries.Min(entry => entry.Event.Seq), entries.Max(entry => entry.Event.Seq), entries.Key)).ToImmutableArray();
        if (removals.Length > 0) await index.RemoveAsync(session, removals, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
