using Microsoft.Extensions.Options;
using ToolRuntime.Limiting;

namespace ToolRuntime.Stores.Redis.Limits;

/// <summary>
/// The limits of a cluster, counted by scripts by the server's clock, each in a slot of its own. A rate is asked each time; what is held
/// is counted here and told, in full and for as long as a lease, whenever more is wanted, less is held, or the lease has to be renewed.
/// </summary>
internal sealed class RedisLimits : IRateLimits, IUseLimits, IAsyncDisposable
{
    private static readonly RedisScript Rate = RedisScript.Of("rate");

    private readonly RedisLimitConnection connection;
    private readonly RedisLimitOptions options;
    private readonly string prefix;
    private readonly TimeProvider time;
    private readonly ITimer renewal;
    private readonly string holder = $"{Guid.NewGuid():n}";
    private readonly Lock gate = new();
    private readonly Dictionary<string, RedisUse> uses = new(StringComparer.Ordinal);

    public RedisLimits(
        RedisLimitConnection connection, IOptions<RedisSessionLogOptions> store, IOptions<RedisLimitOptions> options, TimeProvider time)
    {
        (this.connection, this.options, prefix, this.time) = (connection, options.Value, $"{store.Value.KeyPrefix}limits:", time);
        var period = TimeSpan.FromMilliseconds(this.options.LeaseMs / 3.0);
        renewal = time.CreateTimer(_ => Renew(), null, period, period);
    }

    public bool Shared => true;

    public async ValueTask<TimeSpan?> TakeAsync(string name, double perSecond, int burst)
    {
        var answer = await connection.RunAsync(Rate, $"{prefix}{{{name}}}", perSecond, Math.Max(1, burst)).ConfigureAwait(false);
        return (long)answer is > 0 and var microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
    }

    public ValueTask<int> AddAsync(string name, int wanted, int limit) => Of(name).AddAsync(wanted, limit);

    public void Add(string name, int count) => Of(name).Add(count);

    public void Remove(string name, int count) => Of(name).Remove(count);

    public int Count(string name) => Of(name).Count;

    public ValueTask LookAsync(string name, int limit) => Of(name).LookAsync(limit);

    public async ValueTask DisposeAsync()
    {
        await renewal.DisposeAsync().ConfigureAwait(false);
        RedisUse[] open;
        lock (gate) open = [.. uses.Values];
        await Task.WhenAll(open.Select(use => use.LeaveAsync())).ConfigureAwait(false);
    }

    /// <summary>Asked for anew each time: what has not been used for a while is forgotten.</summary>
    private RedisUse Of(string name)
    {
        lock (gate)
        {
            if (!uses.TryGetValue(name, out var use))
            {
                uses[name] = use = new($"{prefix}{{{name}}}", holder, connection, options.LeaseMs, time);
            }

            use.UsedAt = time.GetTimestamp();
            return use;
        }
    }

    private void Renew()
    {
        RedisUse[] all;
        lock (gate)
        {
            foreach (var (name, use) in uses)
            {
                if (time.GetElapsedTime(use.UsedAt).TotalMilliseconds > options.LeaseMs && use.Idle) uses.Remove(name);
            }

            all = [.. uses.Values];
        }

        foreach (var use in all) use.Renew();
    }
}
