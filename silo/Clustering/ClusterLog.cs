using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Stores.Redis;

namespace ToolRuntime.Silo.Clustering;

/// <summary>The session log of a cluster: in its Redis.</summary>
internal static class ClusterLog
{
    public static IServiceCollection AddClusterLog(this IServiceCollection services, IConfiguration settings, ClusterConnection cluster) => services.AddRedisSessionLog(log =>
    {
        log.KeyPrefix = $"{cluster.Options.Id}:";
        settings.GetSection("Redis").Bind(log);
        log.Configuration = cluster.RedisOptions.ToString(includePassword: true);
    });
}
