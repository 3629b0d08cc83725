using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis.States;

/// <summary>Registers grain storages on Redis.</summary>
public static class RedisStateExtensions
{
    /// <summary>Adds a grain storage on the cluster's connection, beside the session log.</summary>
    public static ISiloBuilder AddRedisGrainStates(this ISiloBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrainStorage(name, static (services, _) => new RedisGrainStorage(
            services.GetRequiredService<IConnectionMultiplexer>(),
            services.GetRequiredService<IGrainStorageSerializer>(),
            services.GetRequiredService<IOptions<RedisSessionLogOptions>>().Value.KeyPrefix));
        return builder;
    }
}
