using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Redis.Limits;
using ToolRuntime.Stores.Redis.Results;

namespace ToolRuntime.Silo.Clustering;

/// <summary>The session log of a cluster, and its limits: in its Redis.</summary>
internal static class ClusterLog
{
    public static IServiceCollection AddClusterLog(this IServiceCollection services, IConfiguration settings, ClusterConnection cluster) => services.AddRedisSessionLog(log =>
        {
            log.KeyPrefix = $"{cluster.Options.Id}:";
            settings.GetSection("Redis").Bind(log);
            log.Configuration = cluster.RedisOptions.ToString(includePassword: true);
        })
        .AddRedisLimits(limits => settings.GetSection("Redis:Limits").Bind(limits));

    /// <summary>What silos share besides.</summary>
    public static IServiceCollection AddClusterResults(this IServiceCollection services, IConfiguration settings) =>
        services.AddRedisResults(results => settings.GetSection("Redis:Results").Bind(results));
}
