using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using StackExchange.Redis;

namespace ToolRuntime.Streams.Redis;

/// <summary>Registers Redis as what carries live streams.</summary>
public static class RedisStreamExtensions
{
    /// <summary>
    /// Has the live streams of that name go over Redis, by the <see cref="IConnectionMultiplexer"/> among the services. Silos and clients
    /// of one cluster (its service and
    /// cluster id) reach each other. Connect before the host starts: the first subscriber would wait for it otherwise.
    /// </summary>
    /// <param name="services">The services of a silo or a client that has <c>AddLiveStreams</c> of the same name.</param>
    /// <param name="name">The provider's name.</param>
    public static IServiceCollection AddRedisLiveStreams(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return services.AddKeyedSingleton<ILiveTransport>(name, static (provider, key) =>
        {
            var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
            return new RedisTransport(
                provider.GetRequiredService<IConnectionMultiplexer>(),
                $"{cluster.ServiceId}/{cluster.ClusterId}/{key}",
                provider.GetRequiredService<Serializer>(),
                provider.GetRequiredService<ILogger<RedisTransport>>());
        });
    }
}
