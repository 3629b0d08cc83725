using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>A session log in memory that tests can trim, renew and break. Only what the gateway uses does anything.</summary>
internal sealed class MemorySessionLog : ISessionLog
{
    private readonly ConcurrentDictionary<SessionKey, Line> lines = new();
    private int epochs;
    private int headerReads;
    private int headReads;
    private int pageReads;

    /// <summary>When set, every call fails.</summary>
    public bool Broken { get; set; }

    public int HeaderReads => Volatile.Read(ref headerReads);

    public int HeadReads => Volatile.Read(ref headReads);

    public int PageReads => Volatile.Read(ref pageReads);

    public LogHeader Create(SessionKey key, string owner, params string[] members)
    {
        var line = lines.GetOrAdd(key, _ => new(NextEpoch(), owner, [.. members]));
        lock (line) return line.Header;
    }

    /// <summary>Appends events as the session's grain would and gives the frame that it would publish.</summary>
    public SessionFrame Append(SessionKey key, params (string Type, string? Target, string Fields)[] events)
    {
        Create(key, "dev");
        var line = lines[key];
        lock (line)
        {
            var (after, check, before) = (line.Head, LogCheck.New(), line.Events.Find(@event => @event.Seq == line.Head)?.Check);
            foreach (var (type, target, fields) in events)
            {
                var seq = ++line.Head;
                var json = $"{{\"type\":\"{type}\",\"seq\":{seq},\"at\":\"2026-01-31T09:30:00.000Z\"{(fields.Length > 0 ? "," : "")}{fields}}}";
                line.Events.Add(new(seq, type, target, Encoding.UTF8.GetBytes(json), check));
            }

            return new(line.Epoch, after, line.Head, [.. line.Events.Where(@event => @event.Seq > after)], Before: before);
        }
    }

    public void Trim(SessionKey key, long upTo)
    {
        var line = lines[key];
        lock (line) line.Events.RemoveAll(@event => @event.Seq <= upTo);
    }

    /// <summary>The check of an event, or null.</summary>
    public string? CheckAt(SessionKey key, long seq)
    {
        var line = lines[key];
        lock (line) return line.Events.Find(@event => @event.Seq == seq)?.Check;
    }

    /// <summary>Leaves events as older versions have written them.</summary>
    public void ForgetChecks(SessionKey key)
    {
        var line = lines[key];
        lock (line)
        {
            for (var i = 0; i < line.Events.Count; i++) line.Events[i] = line.Events[i] with { Check = null };
        }
    }

    /// <summary>Goes back in time, as a store does that is put back to an older copy.</summary>
    public void Rewind(SessionKey key, long head)
    {
        var line = lines[key];
        lock (line)
        {
            line.Events.RemoveAll(@event => @event.Seq > head);
            line.Head = head;
        }
    }

    /// <summary>Gives the session a new epoch; its events stay.</summary>
    public LogHeader Renew(SessionKey key)
    {
        var line = lines[key];
        lock (line)
        {
            line.Epoch = NextEpoch();
            return line.Header;
        }
    }

    /// <summary>Takes the text out of all events, as erasing does.</summary>
    public void Blank(SessionKey key)
    {
        var line = lines[key];
        lock (line)
        {
            for (var i = 0; i < line.Events.Count; i++)
            {
                var json = Encoding.UTF8.GetString(line.Events[i].Json.Span).Replace("SECRET", "", StringComparison.Ordinal);
                line.Events[i] = line.Events[i] with { Json = Encoding.UTF8.GetBytes(json) };
            }
        }
    }

    public void Delete(SessionKey key) => lines.TryRemove(key, out _);

    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref headerReads);
        return Read(session, line => line?.Header);
    }

    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref pageReads);
        return Read(session, line =>
        {
            if (line is null) return new LogPage("", 0, 1, []);
            var entries = ImmutableArray.CreateBuilder<LogEntry>();
            var bytes = 0;
            foreach (var @event in line.Events.Where(@event => @event.Seq > after))
            {
                if (entries.Count > 0 && (entries.Count == limits.MaxEntries || bytes + @event.Json.Length > limits.MaxBytes)) break;
                entries.Add(new(@event, default));
                bytes += @event.Json.Length;
            }

            return new(line.Epoch, line.Head, line.First, entries.ToImmutable());
        });
    }

    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref headReads);
        if (Broken) throw new SessionLogUnavailableException("broken");
        return Task.FromResult(sessions.Where(lines.ContainsKey).ToImmutableDictionary(key => key, key => new LogHead(lines[key].Epoch, lines[key].Head)));
    }

    /// <summary>What lists say of when all sessions have changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; } = DateTimeOffset.UnixEpoch;

    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(lines.Where(line => line.Key.Tenant == tenant && (subject is null || line.Value.Owner == subject || line.Value.Members.Contains(subject)))
            .Select(line => new SessionSummary(line.Key.Session, line.Value.Owner, line.Value.Head, UpdatedAt))
            .OrderByDescending(line => line.Session, StringComparer.Ordinal).Where(line => after is not { } place || string.CompareOrdinal(line.Session, place.Session) < 0).Take(limit).ToImmutableArray());

    public Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AppendOutcome> AppendAsync(SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private Task<T> Read<T>(SessionKey key, Func<Line?, T> read)
    {
        if (Broken) throw new SessionLogUnavailableException("broken");
        if (!lines.TryGetValue(key, out var line)) return Task.FromResult(read(null));
        lock (line) return Task.FromResult(read(line));
    }

    private string NextEpoch() => $"epoch{Interlocked.Increment(ref epochs)}";

    private sealed class Line(string epoch, string owner, ImmutableArray<string> members)
    {
        public string Epoch { get; set; } = epoch;

        public string Owner => owner;

        public ImmutableArray<string> Members => members;

        public long Head { get; set; }

        public List<EncodedEvent> Events { get; } = [];

        public long First => Events.Count == 0 ? Head + 1 : Events[0].Seq;

        public LogHeader Header => new(Epoch, Head, First, owner, members, Events.LastOrDefault()?.Check);
    }
}
