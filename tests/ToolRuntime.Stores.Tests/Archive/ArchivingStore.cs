using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Tests.Redis;
using ToolRuntime.Stores.Tests.SessionLog;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Archive;

/// <summary>A Redis whose sessions leave for a real PostgreSQL all the time.</summary>
internal sealed class ArchivingStore : ISessionLogStore
{
    /// <summary>Archives of the real PostgreSQL that tests share: as it comes, and one that keeps nothing that is not in use.</summary>
    public static readonly Lazy<Task<PostgresArchive>> Usual = new(() => ArchiveAsync()), Hasty = new(() => ArchiveAsync(TimeSpan.Zero));

    private readonly RedisStore redis;

    public ArchivingStore(Func<Task<RedisServers>>? servers = null) =>
        redis = new(servers ?? (() => RedisServers.Single), async () => await Usual.Value);

    public FakeTimeProvider Time => redis.Time;

    public static async Task<PostgresArchive> ArchiveAsync(TimeSpan? keepFor = null) => new(Options.Create(
        new PostgresArchiveOptions { ConnectionString = (await PostgresServer.Shared).ConnectionString, KeepFor = keepFor ?? TimeSpan.FromDays(1) }));

    public async Task<ISessionLog> OpenAsync() => new ArchivingLog((RedisSessionLog)await redis.OpenAsync());

    public Task CloseAsync() => redis.CloseAsync();

    /// <summary>PostgreSQL's files are not searched: what is in them is sealed, which has a test of its own.</summary>
    public Task<bool> HoldsAsync(string text) => redis.HoldsAsync(text);

    public Task CrashAsync() => redis.CrashAsync();

    public ValueTask DisposeAsync() => redis.DisposeAsync();

    /// <summary>Has the session leave before it is used.</summary>
    private sealed class ArchivingLog(RedisSessionLog log) : ISessionLog
    {
        private const int EveryNth = 7;
        private int appends;

        public async Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.OpenAsync(session, createFor, cancellationToken);
        }

        public async Task<AppendOutcome> AppendAsync(
            SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref appends) % EveryNth == 1) await LeaveAsync(session);
            return await log.AppendAsync(session, token, expectedHead, entries, header, cancellationToken);
        }

        public async Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.GetHeaderAsync(session, cancellationToken);
        }

        public async Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.ReadAsync(session, after, limits, cancellationToken);
        }

        public async Task<MessagePage?> ReadMessagesAsync(SessionKey session, string? before, LogReadLimits limits, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.ReadMessagesAsync(session, before, limits, cancellationToken);
        }

        public async Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default)
        {
            foreach (var session in sessions) await LeaveAsync(session);
            return await log.GetHeadsAsync(sessions, cancellationToken);
        }

        public async Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.TrimAsync(session, token, upTo, cancellationToken);
        }

        public async Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.EraseAsync(session, token, replacements, cancellationToken);
        }

        public async Task<bool> ReplaceAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.ReplaceAsync(session, token, replacements, cancellationToken);
        }

        public async Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            return await log.RenewAsync(session, token, cancellationToken);
        }

        public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default)
        {
            await LeaveAsync(session);
            await log.DeleteAsync(session, cancellationToken);
        }

        public async ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default)
        {
            await LeaveAllAsync();
            return await log.GetStoredBytesAsync(tenant, owner, cancellationToken);
        }

        public async Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default)
        {
            await LeaveAllAsync();
            return await log.ListOpenWorkAsync(cancellationToken);
        }

        public async Task<ImmutableArray<SessionSummary>> ListAsync(
            string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default)
        {
            await LeaveAllAsync();
            return await log.ListAsync(tenant, subject, limit, after, cancellationToken);
        }

        public async Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default)
        {
            await LeaveAllAsync();
            return await log.ListIdleAsync(prefix, since, limit, cancellationToken);
        }

        private Task<bool> LeaveAsync(SessionKey session) => log.Moves!.MoveAsync(session, DateTimeOffset.MaxValue, default);

        private async Task LeaveAllAsync()
        {
            await foreach (var session in log.Moves!.Idle.ListAsync(DateTimeOffset.MaxValue, _ => true, () => Task.CompletedTask)) await LeaveAsync(session);
        }
    }
}
