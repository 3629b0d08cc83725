using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;
using ToolRuntime.Statistics;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Usage;

namespace ToolRuntime.Silo;

/// <summary>The cluster of one process, and where it keeps grain state and reminders: a SQLite file beside the session log.</summary>
internal static class EmbeddedCluster
{
    /// <summary>The silo's name for itself; nobody connects to it, it listens on a loopback port that the system chooses.</summary>
    private const int NominalPort = 11111;

    /// <summary>How often the silo tells the others its load. There are none; the default of a second only keeps an idle server awake.</summary>
    private static readonly TimeSpan NoOtherSilo = TimeSpan.FromMinutes(10);

    public static ISiloBuilder UseEmbeddedCluster(this ISiloBuilder silo, string dataFolder)
    {
        var path = Path.Combine(Path.GetFullPath(dataFolder), "grains.db");
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, new NoPeersTimeProvider(TimeProvider.System));
        return silo
            .UseLocalhostClustering(siloPort: NominalPort, gatewayPort: 0, serviceId: "toolruntime", clusterId: $"embedded-{Guid.NewGuid():N}")
            .Configure<EndpointOptions>(endpoints => endpoints.SiloListeningEndpoint = new(IPAddress.Loopback, 0))
            .Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = NoOtherSilo)
            .AddSqliteGrainStorage(SessionStreams.GrainStorage, o => o.Path = path)
            .AddSqliteGrainStorage(GrainStates.Storage, o => o.Path = path)
            .UseSqliteReminderService(o => o.Path = path);
    }
}
