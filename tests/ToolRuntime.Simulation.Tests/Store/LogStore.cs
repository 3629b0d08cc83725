using System.Collections.Immutable;
using ToolRuntime.SessionLog;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Store;

/// <summary>
/// The session log's store, and what it was told: it keeps apart from what it answers every entry that was ever committed, and sees for itself
/// whose appends it takes.
/// </summary>
internal sealed class LogStore(World world)
{
    private readonly Dictionary<SessionKey, Stored> logs = [];
    private readonly Dictionary<SessionKey, List<(TimeSpan At, Stored Log)>> past = [];
    private int tokens;

    /// <summary>Takes appends from anybody; to show that it is noticed.</summary>
    public bool IgnoresTokens { get; init; }

    public List<string> Violations { get; } = [];

    public IEnumerable<SessionKey> Sessions => logs.Keys;

    public Stored? Find(SessionKey session) => logs.GetValueOrDefault(session);

    /// <summary>Whether the entry was committed at some time, be it lost since.</summary>
    public bool WasCommitted(SessionKey session, EncodedEvent seen) =>
        past.TryGetValue(session, out var versions) && (Has(versions[^1].Log, seen) || versions.Any(version => Has(version.Log, seen)));

    public LogOpening? Open(SessionKey session, string? createFor)
    {
        if (!logs.TryGetValue(session, out var log))
        {
            if (createFor is null) return null;
            log = new(createFor, $"epoch-{++tokens}");
        }

        var token = $"token-{++tokens}";
        Set(session, log with { Token = token, Latest = token });
        return new(token, logs[session].Header);
    }

    public AppendOutcome Append(SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header)
    {
        if (!logs.TryGetValue(session, out var log) || (log.Token != token && !IgnoresTokens)) return AppendOutcome.TokenVoid;
        if (log.Header.Head != expectedHead) return AppendOutcome.HeadMoved;
        if (log.Latest != token) Violations.Add($"The writer {token} was accepted after {log.Latest}.");
        for (var i = 0; i < entries.Length; i++) if (entries[i].Event.Seq != expectedHead + i + 1) Violations.Add($"Entry {entries[i].Event.Seq} was appended after {expectedHead + i}.");
        Set(session, log with
        {
            Entries = log.Entries.AddRange(entries),
            All = log.All.AddRange(entries),
            Members = header?.Members ?? log.Members,
            OpenWork = header?.OpenWork ?? log.OpenWork,
        });
        return AppendOutcome.Committed;
    }

    public LogPage Read(SessionKey session, long after, LogReadLimits limits)
    {
        if (!logs.TryGetValue(session, out var log)) return new("", 0, 1, []);
        return new(log.Epoch, log.Header.Head, log.First, [.. log.Entries.Skip((int)Math.Max(0, after + 1 - log.First)).Take(limits.MaxEntries)]);
    }

    public LogOpening? Renew(SessionKey session, string token)
    {
        if (Writable(session, token) is not { } log) return null;
        var renewed = $"token-{++tokens}";
        Set(session, log with { Token = renewed, Latest = renewed, Epoch = $"epoch-{tokens}" });
        return new(renewed, logs[session].Header);
    }

    public bool Trim(SessionKey session, string token, long upTo)
    {
        if (Writable(session, token) is not { } log) return false;
        if (upTo >= log.First) Set(session, log with { Entries = log.Entries.RemoveRange(0, (int)(upTo + 1 - log.First)), First = upTo + 1 });
        return true;
    }

    public bool Replace(SessionKey session, string token, ImmutableArray<LogEntry> replacements)
    {
        if (Writable(session, token) is not { } log) return false;
        foreach (var entry in replacements)
        {
            var at = (int)(entry.Event.Seq - log.First);
            if (at >= 0 && at < log.Entries.Count) log = log with { Entries = log.Entries.SetItem(at, entry), Replaced = log.Replaced.Add(entry.Event.Seq) };
        }

        Set(session, log);
        return true;
    }

    public bool Delete(SessionKey session) => logs.Remove(session);

    /// <summary>Goes back to what it was a while ago, token and all, as a store that is put back to an older copy; false if nothing has come since.</summary>
    public bool GoBack(SessionKey session, TimeSpan by)
    {
        if (!logs.TryGetValue(session, out var log) || past[session].FindLast(version => version.At <= world.Elapsed - by) is not { Log: { } older }) return false;
        if (older.All.Count >= log.All.Count) return false;
        world.Trace($"the log of {session} goes back from {log.Header.Head} to {older.Header.Head}");
        // What it says from here on is another history, whoever had the last word in this one.
        Set(session, older with { Latest = older.Token, Forks = log.Forks.Add(older.All.Count) });
        return true;
    }

    private static bool Has(Stored log, EncodedEvent seen) =>
        log.All.Count >= seen.Seq && log.All[(int)seen.Seq - 1].Event is { } known && known.Check == seen.Check && known.Json.Span.SequenceEqual(seen.Json.Span);

    private Stored? Writable(SessionKey session, string token) => logs.TryGetValue(session, out var log) && log.Token == token ? log : null;

    private void Set(SessionKey session, Stored log)
    {
        logs[session] = log;
        if (!past.TryGetValue(session, out var versions)) past[session] = versions = [];
        versions.Add((world.Elapsed, log));
    }
}

/// <summary>A log as it is; <c>All</c> is what was committed, also where it is trimmed or erased since.</summary>
internal sealed record Stored(string Owner, string Epoch)
{
    public string Token { get; init; } = "";

    /// <summary>The token that was given out last.</summary>
    public string Latest { get; init; } = "";

    public long First { get; init; } = 1;

    public ImmutableList<LogEntry> Entries { get; init; } = [];

    public ImmutableList<LogEntry> All { get; init; } = [];

    public ImmutableArray<string> Members { get; init; } = [];

    public ImmutableHashSet<long> Replaced { get; init; } = [];

    /// <summary>The heads to which it has gone back.</summary>
    public ImmutableList<long> Forks { get; init; } = [];

    public bool OpenWork { get; init; }

    public LogHeader Header => new(Epoch, First + Entries.Count - 1, First, Owner, Members, Entries.Count == 0 ? null : Entries[^1].Event.Check);
}
