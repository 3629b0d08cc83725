using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ToolRuntime.Gateway.Security;

/// <summary>What the holders of one key use of this gateway just now.</summary>
internal sealed class KeyUsage
{
    private volatile Bucket? bucket;
    private volatile TokenBucketRateLimiter? errors;
    private int connections;
    private int sessions;

    public int Connections => Volatile.Read(ref connections);

    public int Sessions => Volatile.Read(ref sessions);

    /// <summary>Counts a command; a refusal if there are too many.</summary>
    public Rejection? TakeCommand(KeyLimits limits)
    {
        if (limits.CommandsPerSecond == 0) return null;
        var current = bucket;
        if (current?.Rate != limits.CommandsPerSecond || current.Burst != limits.CommandBurst) bucket = current = Fill(limits);
        current.Tokens.TryReplenish();
        using var lease = current.Tokens.AttemptAcquire();
        if (lease.IsAcquired) return null;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        return new(ErrorCode.RateLimited, $"The key may send {limits.CommandsPerSecond} commands a second.", Retryable: true, RetryAfterMs: Math.Max(1, (int)Math.Ceiling(wait.TotalMilliseconds)));
    }

    /// <summary>Counts a report of a client's fault; a refusal if there are too many.</summary>
    public Rejection? TakeErrorReport(int perMinute)
    {
        if (perMinute == 0) return new(ErrorCode.Forbidden, "This server takes no reports.");
        var bucket = errors ??= new(new() { TokenLimit = perMinute, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(1.0 / perMinute), AutoReplenishment = false });
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (lease.IsAcquired) return null;
        var wait = (int)bucket.ReplenishmentPeriod.TotalMilliseconds;
        return new(ErrorCode.RateLimited, $"The key may report {perMinute} faults a minute.", Retryable: true, RetryAfterMs: wait);
    }

    public bool TryConnect(KeyLimits limits) => TryAdd(ref connections, limits.Connections);

    public bool TryOpenSession(KeyLimits limits) => TryAdd(ref sessions, limits.OpenSessions);

    /// <summary>Counts a connection with its open sessions, whatever the limits, as it comes from another key.</summary>
    public void Join(int openSessions)
    {
        Interlocked.Increment(ref connections);
        Interlocked.Add(ref sessions, openSessions);
    }

    public void CloseSession() => Interlocked.Decrement(ref sessions);

    public void Leave(int openSessions)
    {
        Interlocked.Decrement(ref connections);
        Interlocked.Add(ref sessions, -openSessions);
    }

    private static bool TryAdd(ref int count, int limit)
    {
        if (Interlocked.Increment(ref count) <= limit || limit == 0) return true;
        Interlocked.Decrement(ref count);
        return false;
    }

    /// <summary>A token every 1/rate seconds, filled up when somebody asks: no timer per key.</summary>
    private static Bucket Fill(KeyLimits limits) => new(limits.CommandsPerSecond, limits.CommandBurst, new(new()
    {
        TokenLimit = Math.Max(1, limits.CommandBurst),
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / limits.CommandsPerSecond),
        AutoReplenishment = false,
    }));

    private sealed record Bucket(int Rate, int Burst, TokenBucketRateLimiter Tokens);
}

/// <summary>The usage of every key, which outlives changes of its configuration.</summary>
internal sealed class KeyUsages
{
    private readonly ConcurrentDictionary<string, KeyUsage> usages = new(StringComparer.Ordinal);

    public KeyUsage For(string keyId) => usages.GetOrAdd(keyId, _ => new());
}
