using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using ToolRuntime.Limiting;

namespace ToolRuntime.Gateway.Security;

/// <summary>How often things happen in this process, where no other counts.</summary>
internal sealed class MemoryRateLimits : IRateLimits
{
    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    public ValueTask<TimeSpan?> TakeAsync(string name, double perSecond, int burst)
    {
        if (!buckets.TryGetValue(name, out var bucket) || bucket.PerSecond != perSecond || bucket.Burst != burst)
        {
            buckets[name] = bucket = Fill(perSecond, burst);
        }

        bucket.Tokens.TryReplenish();
        using var lease = bucket.Tokens.AttemptAcquire();
        if (lease.IsAcquired) return default;
        return new(lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1));
    }

    /// <summary>A token every 1/rate seconds, filled up when somebody asks: no timer for each.</summary>
    private static Bucket Fill(double perSecond, int burst) => new(perSecond, burst, new(new()
    {
        TokenLimit = Math.Max(1, burst),
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1 / perSecond),
        AutoReplenishment = false,
    }));

    private sealed record Bucket(double PerSecond, int Burst, TokenBucketRateLimiter Tokens);
}
