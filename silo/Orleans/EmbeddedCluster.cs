using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using ToolRuntime.Sessions;

namespace ToolRuntime.Silo;

/// <summary>
/// The cluster of one process on Orleans, which keeps grain state and reminders in memory. The session log is what survives; activation recovers from it,
/// and from all of it, since snapshots are gone: nothing is trimmed.
/// </summary>
internal static class EmbeddedCluster
{
    public static ISiloBuilder UseEmbeddedCluster(this ISiloBuilder silo, string dataFolder) => silo
        .UseLocalhostClustering(FreePort(), FreePort())
        .Configure<ClusterMembershipOptions>(DetectFailuresSoon)
        .AddMemoryGrainStorage(SessionStreams.GrainStorage)
        .AddMemoryGrainStorage("PubSubStore")
        .UseInMemoryReminderService()
        .Configure<SessionOptions>(sessions => sessions.KeptEvents = int.MaxValue);

    /// <summary>A silo that was killed is missed within about 2 s; the defaults take 12 to 15 s.</summary>
    private static void DetectFailuresSoon(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 2;
        membership.NumVotesForDeathDeclaration = 1;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
    }

    /// <summary>Two servers on one machine must not meet in a port.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
