using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>What a silo knows of the cluster: it hears of changes in their order, a little late, and not while it hangs.</summary>
internal sealed class Membership(VirtualSilo silo) : IClusterMembershipService, ILocalSiloDetails
{
    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, MembershipVersion.MinValue);

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

    public string Name => silo.Name;

    public string ClusterId => "simulation";

    public string DnsHostName => "simulation";

    public SiloAddress SiloAddress => silo.SiloAddress;

    public SiloAddress GatewayAddress => silo.SiloAddress;

    public static SiloAddress AddressOf(int place, int incarnation) => SiloAddress.New(IPAddress.Loopback, 10_000 + place, incarnation);

    public void Hear(ClusterMembershipSnapshot snapshot)
    {
        if (snapshot.Version > CurrentSnapshot.Version) CurrentSnapshot = snapshot;
    }

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
}
