using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Streams;

namespace ToolRuntime.Streams;

/// <summary>Registers live streams.</summary>
public static class LiveStreamExtensions
{
    /// <summary>
    /// Adds a provider of live streams under its name; <c>GetStreamProvider(name)</c> finds it, in grains and at the silo's own client.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The provider's name; silos and clients of a cluster use the same.</param>
    /// <param name="configure">Its settings.</param>
    public static ISiloBuilder AddLiveStreams(this ISiloBuilder silo, string name, Action<LiveStreamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        Add(silo.Services, name, configure);
        return silo;
    }

    /// <summary>Adds the provider to a client.</summary>
    /// <inheritdoc cref="AddLiveStreams(ISiloBuilder, string, Action{LiveStreamOptions}?)"/>
    public static IClientBuilder AddLiveStreams(this IClientBuilder client, string name, Action<LiveStreamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        Add(client.Services, name, configure);
        return client;
    }

    private static void Add(IServiceCollection services, string name, Action<LiveStreamOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.AddOptions<LiveStreamOptions>(name).Configure(configure ?? (_ => { }))
            .Validate(options => options.QueueLength is >= 1 and <= LiveStreamOptions.LongestQueue, $"QueueLength of the streams '{name}' is not between 1 and {LiveStreamOptions.LongestQueue}.")
            .ValidateOnStart();
        services.TryAddKeyedSingleton<ILiveTransport>(name, static (provider, key) => Transport(provider, (string)key!));
        services.TryAddKeyedSingleton<IStreamProvider>(name, static (provider, key) => Create(provider, (string)key!));
    }

    private static InProcessTransport Transport(IServiceProvider services, string name)
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return InProcessTransport.Of($"{cluster.ServiceId}/{cluster.ClusterId}", name);
    }

    private static LiveStreamProvider Create(IServiceProvider services, string name) => new(
        name,
        services.GetRequiredKeyedService<ILiveTransport>(name),
        new(
            services.GetRequiredService<IOptionsMonitor<LiveStreamOptions>>().Get(name),
            services.GetRequiredService<Serializer>(),
            services.GetRequiredService<DeepCopier>(),
            services.GetRequiredService<IGrainContextAccessor>(),
            services.GetRequiredService<ILogger<LiveStreamProvider>>()));
}
