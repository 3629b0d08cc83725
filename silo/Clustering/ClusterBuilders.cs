using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using ToolRuntime.Notices;
using ToolRuntime.Placement;
using ToolRuntime.Sessions;
using ToolRuntime.Statistics;
using ToolRuntime.Streams;
using ToolRuntime.Streams.Redis;
using ToolRuntime.Usage;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Silos and clients of a cluster over Redis, by Orleans' own packages. The figures are measured:
/// ../docs/architecture.md.</summary>
internal static class ClusterBuilders
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GatewayList = TimeSpan.FromSeconds(2);

    /// <summary>How often a silo says that it lives. When all died at once, new ones wait for them three times as long; a minute and a half by default.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(5);

    /// <summary>Joins the silo to the cluster.</summary>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, ClusterConnection cluster)
    {
        var (own, clients) = SiloPorts.Choose(cluster.Address, cluster.Options);
        AddShared(silo.Services, cluster);
        silo.Services.AddSingleton<IFatalErrorHandler, ProcessEnd>();
        silo.Services.AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>();
        silo.Services.AddHostedService<SiloBanner>();
        if (cluster.Certificates is { } certificates) silo.UseTls(tls => ClusterTls.Configure(tls, certificates));
        if (cluster.Options.Kubernetes) silo.UseKubernetesHosting();
        return silo
            .UsePools([.. cluster.Options.Pools])
            .Configure<EndpointOptions>(endpoints =>
            {
                (endpoints.AdvertisedIPAddress, endpoints.SiloPort, endpoints.GatewayPort) = (cluster.Address, own.Port, clients.Port);
                (endpoints.SiloListeningEndpoint, endpoints.GatewayListeningEndpoint) = (own, clients);
            })
            .Configure<ClusterMembershipOptions>(membership =>
            {
                (membership.ProbeTimeout, membership.MaxProbeTimeout, membership.TableRefreshTimeout) = (Probe, Probe, TableRefresh);
                (membership.NumMissedProbesLimit, membership.NumVotesForDeathDeclaration) = (2, 1);
                membership.IAmAliveTablePublishTimeout = Alive;
            })
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = Answer)
            .UseRedisClustering(redis => redis.ConfigurationOptions = cluster.RedisOptions)
            .UseRedisGrainDirectoryAsDefault((redis) => redis.ConfigurationOptions = cluster.RedisOptions)
            .AddSessionSnapshots(SessionStreams.GrainStorage)
            .AddStates(cluster)
            .UseRedisReminderService(redis => redis.ConfigurationOptions = cluster.RedisOptions)
            .AddLiveStreams(SessionStreams.Provider);
    }

    /// <summary>Grain storage by Orleans' own provider, for one cluster of several on a Redis; the sessions' snapshots have another, beside their log.</summary>
    private static ISiloBuilder AddStates(this ISiloBuilder silo, ClusterConnection cluster) => silo.AddRedisGrainStorage(GrainStates.Storage, redis =>
    {
        (redis.ConfigurationOptions, redis.DeleteStateOnClear) = (cluster.RedisOptions, true);
        redis.GetStorageKey = (name, grain) => $"{cluster.Options.Id}:state:{name}:{grain}";
    });

    /// <summary>Makes the process a client of the cluster.</summary>
    public static IClientBuilder UseCluster(this IClientBuilder client, ClusterConnection cluster)
    {
        AddShared(client.Services, cluster);
        if (cluster.Certificates is { } certificates) client.UseTls(tls => ClusterTls.Configure(tls, certificates));
        return client
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = Answer)
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayList)
            .UseConnectionRetryFilter<SilosAwaited>()
            .UseRedisClustering(redis => redis.ConfigurationOptions = cluster.RedisOptions)
            .AddLiveStreams(SessionStreams.Provider);
    }

    private static void AddShared(IServiceCollection services, ClusterConnection cluster)
    {
        services.AddSingleton(cluster);
        services.AddSingleton(cluster.Redis);
        services.AddStoreExceptions();
        services.Configure<ClusterOptions>(names => (names.ServiceId, names.ClusterId) = (ClusterConnection.ServiceId, cluster.Options.Id));
        services.AddRedisLiveStreams(SessionStreams.Provider);
    }
}
