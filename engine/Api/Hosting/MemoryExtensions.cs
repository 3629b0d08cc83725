using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;
using Orleans.Streams;
using ToolRuntime.Engine.Cluster;
using ToolRuntime.Engine.State;
using ToolRuntime.Engine.Streams;

namespace Orleans.Hosting;

public static class MemoryGrainStorageSiloBuilderExtensions
{
    /// <summary>States in memory, shared by the silos of the cluster and gone with it.</summary>
    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGrainStorage(name, static (services, name) => services.GetRequiredService<ProcessCluster>().Keep<MemoryGrainStorage>(name));
        return builder;
    }

    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) => builder.AddMemoryGrainStorage(StorageProviderExtensions.DefaultName);
}

public static class SiloBuilderMemoryStreamExtensions
{
    public static ISiloBuilder AddMemoryStreams(this ISiloBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMemoryStreams(name);
        return builder;
    }

    internal static void AddMemoryStreams(this IServiceCollection services, string name) =>
        services.AddKeyedSingleton<IStreamProvider>(
            name,
            static (services, name) => new MemoryStreamProvider(
                (string)name!,
                services.GetRequiredService<ProcessCluster>().Channels,
                services.GetRequiredService<ILogger<MemoryStreamProvider>>()));
}

public static class ClientBuilderStreamingExtensions
{
    public static IClientBuilder AddMemoryStreams(this IClientBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddMemoryStreams(name);
        return builder;
    }
}
