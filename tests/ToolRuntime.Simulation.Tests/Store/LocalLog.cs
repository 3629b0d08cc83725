using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Simulation.Tests.Store;

/// <summary>The store at once and without faults, for who looks at it afterwards.</summary>
internal sealed class LocalLog(LogStore store) : ISessionLog
{
    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default) => Task.FromResult(store.Read(session, after, limits));

    public Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
