using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>Registers the session log of a cluster.</summary>
public static class RedisSessionLogExtensions
{
    /// <summary>
    /// Adds <see cref="ISessionLog"/> on Redis, for silos and gateways alike. It is connected before anything else of the host starts;
    /// the host fails to start, with a message that says why, when Redis can't be reached or can't keep what the settings promise.
    /// </summary>
    public static IServiceCollection AddRedisSessionLog(this IServiceCollection services, Action<RedisSessionLogOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RedisSessionLogOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations()
            .Validate(options => options.ReplicationTimeoutMs < options.TimeoutMs, "ReplicationTimeoutMs has to be below TimeoutMs.")
            .ValidateOnStart();
        services.TryAddSingleton<StoreHealth>();
        services.TryAddSingleton<StoreMetrics>();
        services.AddSingleton<RedisSessionLog>();
        services.AddSingleton<ISessionLog>(provider => provider.GetRequiredService<RedisSessionLog>());
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Connector>());
        return services;
    }

    /// <summary>Connects before anything else of the host starts: connecting inside many grains at once would stall the silo.</summary>
    private sealed class Connector(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetService<StoreMetrics>();
            return services.GetRequiredService<RedisSessionLog>().ConnectAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
