using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Limiting;

namespace ToolRuntime.Stores.Redis.Limits;

/// <summary>Registers the limits of a cluster.</summary>
public static class RedisLimitExtensions
{
    /// <summary>Adds limits that hold over all gateways and silos, on the session log's Redis.</summary>
    public static IServiceCollection AddRedisLimits(this IServiceCollection services, Action<RedisLimitOptions>? configure = null)
    {
        services.AddOptions<RedisLimitOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RedisLimitConnection>().AddSingleton<RedisLimits>();
        services.AddSingleton<IRateLimits>(provider => provider.GetRequiredService<RedisLimits>());
        services.AddSingleton<IUseLimits>(provider => provider.GetRequiredService<RedisLimits>());
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Connector>());
        return services;
    }

    /// <summary>Connects before anything else of the host starts.</summary>
    private sealed class Connector(RedisLimitConnection connection) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => connection.ConnectAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
