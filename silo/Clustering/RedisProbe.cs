using StackExchange.Redis;
using ToolRuntime.Recovery;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Whether this silo reaches the cluster's Redis: a master answers.</summary>
internal sealed class RedisProbe(IConnectionMultiplexer redis) : IStoreProbe
{
    public async Task<bool> ReachesAsync(CancellationToken cancellationToken)
    {
        await redis.GetDatabase().PingAsync(CommandFlags.DemandMaster).WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }
}
