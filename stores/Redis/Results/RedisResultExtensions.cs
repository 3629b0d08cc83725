using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Tools;

namespace ToolRuntime.Stores.Redis.Results;

/// <summary>Registers the results that silos share.</summary>
public static class RedisResultExtensions
{
    /// <summary>Adds <see cref="ISharedResults"/> on the session log's Redis.</summary>
    public static IServiceCollection AddRedisResults(this IServiceCollection services, Action<RedisResultOptions>? configure = null)
    {
        services.AddOptions<RedisResultOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RedisResults>();
        services.AddSingleton<ISharedResults>(provider => provider.GetRequiredService<RedisResults>());
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Connector>());
        return services;
    }

    private sealed class Connector(RedisResults results) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => results.ConnectAsync().WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
