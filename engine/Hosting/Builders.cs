using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using ToolRuntime.Engine.Activations;
using ToolRuntime.Engine.Calls;
using ToolRuntime.Engine.Cluster;
using ToolRuntime.Engine.Contracts;

namespace ToolRuntime.Engine.Hosting;

internal sealed class SiloBuilder : ISiloBuilder
{
    private SiloBuilder(IServiceCollection services, IConfiguration configuration) => (Services, Configuration) = (services, configuration);

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    /// <summary>The container's silo; it is set up by the first call.</summary>
    public static SiloBuilder On(IServiceCollection services, IConfiguration configuration)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(SiloBuilder))?.ImplementationInstance is SiloBuilder earlier)
            return earlier;
        HostServices.RefuseBoth(services, typeof(ClientBuilder));
        var builder = new SiloBuilder(services, configuration);
        services.AddSingleton(builder);
        services.AddHost<SiloMessagingOptions>(asSilo: true);
        services.AddSingleton(static services => new Catalog(
            services,
            GrainClasses.OfProcess,
            services.GetRequiredService<IOptions<GrainCollectionOptions>>(),
            services.GetRequiredService<ILogger<Activation>>()));
        services.AddSingleton<Silo>();
        services.AddHostedService(static services => services.GetRequiredService<Silo>());
        return builder;
    }
}

internal sealed class ClientBuilder : IClientBuilder
{
    private ClientBuilder(IServiceCollection services, IConfiguration configuration) => (Services, Configuration) = (services, configuration);

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    public static ClientBuilder On(IServiceCollection services, IConfiguration configuration)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(ClientBuilder))?.ImplementationInstance is ClientBuilder earlier)
            return earlier;
        HostServices.RefuseBoth(services, typeof(SiloBuilder));
        var builder = new ClientBuilder(services, configuration);
        services.AddSingleton(builder);
        services.AddHost<ClientMessagingOptions>(asSilo: false);
        return builder;
    }
}

/// <summary>What silos and clients have in common.</summary>
internal static class HostServices
{
    public static void AddHost<TMessaging>(this IServiceCollection services, bool asSilo)
        where TMessaging : MessagingOptions
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddClocks();
        services.AddSingleton(services => ProcessCluster.Join(services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, asSilo));
        services.AddSingleton(services => new ResponseTimeouts(services.GetClock(TimeProviderNames.Messaging)));
        services.AddSingleton(services => new CallRuntime(
            services.GetRequiredService<ProcessCluster>(),
            services.GetRequiredService<ResponseTimeouts>(),
            services.GetRequiredService<IOptions<TMessaging>>().Value.ResponseTimeout,
            services.GetRequiredService<ILogger<CallRuntime>>()));
        services.AddSingleton<IClusterClient, GrainFactory>();
        services.AddSingleton<IGrainFactory>(services => services.GetRequiredService<IClusterClient>());
    }

    public static void RefuseBoth(IServiceCollection services, Type other)
    {
        if (services.Any(service => service.ServiceType == other))
            throw new OrleansConfigurationException("Do not call both UseOrleansClient and UseOrleans: a silo's host has a client already.");
    }
}
