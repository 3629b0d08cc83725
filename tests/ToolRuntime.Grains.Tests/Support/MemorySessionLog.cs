using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>A log in memory that does as it is told: wait, fail, or refuse.</summary>
internal sealed class MemorySessionLog : ISessionLog
{
    private readonly Lock gate = new();
    private readonly Dictionary<SessionKey, Stored> sessions = [];
    private int tokens;
    private int born;

    /// <summary>Runs before each append; may wait, or throw what the append is to throw.</summary>
    public Func<Task>? BeforeAppend { get; set; }

    /// <summary>Runs after each append that was committed; what it throws leaves the writer in doubt.</summary>
    public Func<Task>? AfterAppend { get; set; }

    /// <summary>Runs before each opening.</summary>
    public Func<Task>? BeforeOpen { get; set; }

    /// <summary>Runs before each erasure or deletion; may throw what that is to throw.</summary>
    public Func<Task>? BeforeErase { get; set; }

    /// <summary>Runs after each erasure; may wait.</summary>
    public Func<Task>? AfterErase { get; set; }

    /// <summary>What the next question for stored bytes waits for.</summary>
    public Task? BeforeStoredBytes { get; set; }

    public int Openings { get; private set; }

    /// <summary>After which seq each reading began.</summary>
    public List<long> Reads { get; } = [];

    public IReadOnlyList<LogEntry> Entries(SessionKey session)
    {
        lock (gate) return [.. sessions[session].Entries];
    }

    /// <summary>Goes back in time, as a store does that is put back to an older copy.</summary>
    public void Rewind(SessionKey session, long head)
    {
        lock (gate) sessions[session].Entries.RemoveAll(entry => entry.Event.Seq > head);
    }

    /// <summary>Whether the session's entries have the text anywhere.</summary>
    public bool Holds(SessionKey session, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        lock (gate) return sessions.TryGetValue(session, out var stored) && stored.Entries.Any(e => e.Event.Json.Span.IndexOf(bytes) >= 0 || e.Private.Span.IndexOf(bytes) >= 0);
    }

    public HeaderChange? LastHeaderChange { get; private set; }

    public async Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default)
    {
        if (BeforeOpen is { } before) await before();
        lock (gate)
        {
            if (!sessions.TryGetValue(session, out var stored))
            {
                if (createFor is null) return null;
                sessions[session] = stored = new(createFor) { Epoch = $"epoch-{born++}" };
            }

            Openings++;
            stored.Token = $"token-{++tokens}";
            return new(stored.Token, stored.Header);
        }
    }

    public async Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default)
    {
        if (BeforeAppend is { } before) await before();
        lock (gate)
        {
            var stored = sessions[session];
            if (stored.Token != token) return AppendOutcome.TokenVoid;
            if (stored.Header.Head != expectedHead) return AppendOutcome.HeadMoved;
            stored.Entries.AddRange(entries);
            stored.Members = header?.Members ?? stored.Members;
            stored.OpenWork = header?.OpenWork ?? stored.OpenWork;
            LastHeaderChange = header ?? LastHeaderChange;
        }

        if (AfterAppend is { } after) await after();
        return AppendOutcome.Committed;
    }

    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        lock (gate) return Task.FromResult(sessions.GetValueOrDefault(session)?.Header);
    }

    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            Reads.Add(after);
            var stored = sessions[session];
            return Task.FromResult(new LogPage(stored.Header.Epoch, stored.Header.Head, stored.First, [.. stored.Entries.Where(entry => entry.Event.Seq > after).Take(limits.MaxEntries)]));
        }
    }

    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var stored = sessions[session];
            if (stored.Token != token) return Task.FromResult<LogOpening?>(null);
            (stored.Token, stored.Epoch) = ($"token-{++tokens}", $"renewed-{tokens}");
            return Task.FromResult<LogOpening?>(new(stored.Token, stored.Header));
        }
    }

    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> keys, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var stored = sessions[session];
            if (stored.Token != token) return Task.FromResult(false);
            stored.Entries.RemoveAll(entry => entry.Event.Seq <= upTo);
            stored.First = Math.Max(stored.First, upTo + 1);
            return Task.FromResult(true);
        }
    }

    public async Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default)
    {
        if (BeforeErase is { } before) await before();
        lock (gate)
        {
            var stored = sessions[session];
            if (stored.Token != token) return false;
            foreach (var entry in replacements) stored.Entries[(int)(entry.Event.Seq - stored.First)] = entry;
        }

        if (AfterErase is { } after) await after();
        return true;
    }

    public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        if (BeforeErase is { } before) await before();
        lock (gate) sessions.Remove(session);
    }

    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default)
    {
        if (BeforeStoredBytes is { } before)
        {
            BeforeStoredBytes = null;
            await before;
        }

        lock (gate)
        {
            var own = sessions.Where(session => session.Key.Tenant == tenant).ToList();
            return new(Bytes(own.Where(session => session.Value.Header.Owner == owner)), Bytes(own));
        }

        static long Bytes(IEnumerable<KeyValuePair<SessionKey, Stored>> some) => some.Sum(session => session.Value.Entries.Sum(entry => (long)entry.Event.Json.Length + entry.Private.Length));
    }

    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default)
    {
        lock (gate) return Task.FromResult<ImmutableArray<SessionKey>>([.. sessions.Where(session => session.Value.OpenWork).Select(session => session.Key)]);
    }

    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private sealed class Stored(string owner)
    {
        public List<LogEntry> Entries { get; } = [];

        public long First { get; set; } = 1;

        public string Token { get; set; } = "";

        public string Epoch { get; set; } = "epoch-0";

        public ImmutableArray<string> Members { get; set; } = [];

        public bool OpenWork { get; set; }

        public LogHeader Header => new(Epoch, First + Entries.Count - 1, First, owner, Members, Entries.LastOrDefault()?.Event.Check);
    }
}
