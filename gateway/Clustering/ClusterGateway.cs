using System.Security.Cryptography;
using StackExchange.Redis;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Streams.Redis;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>What gateways of one cluster share: that they know each other, and what cookies are signed with.</summary>
internal static class ClusterGateway
{
    private const int SecretLength = 32;

    public static async Task AddClusterGatewayAsync(this IServiceCollection services, ClusterConnection cluster)
    {
        var secret = await SharedSecretAsync(cluster);
        services.PostConfigure<AccessOptions>(access => access.CookieSecret ??= secret);
        services.AddSingleton(new GatewayPeers(inCluster: true)).AddHostedService<PeerWatch>();
        services.AddSingleton<PeerConnections>().AddHostedService(provider => provider.GetRequiredService<PeerConnections>());
    }

    /// <summary>The first gateway's random secret, which a setting goes before.</summary>
    private static async Task<string> SharedSecretAsync(ClusterConnection cluster)
    {
        try
        {
            var (database, key) = (cluster.Redis.GetDatabase(), (RedisKey)$"{cluster.Options.Id}:cookie-secret");
            await database.StringSetAsync(key, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretLength)), when: When.NotExists);
            return (await database.StringGetAsync(key)).ToString();
        }
        catch (Exception exception) when (RedisFault.Is(exception))
        {
            throw new StartupRefusedException($"Redis does not keep what gateways share: {exception.Message}", exception);
        }
    }
}
