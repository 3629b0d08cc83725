using System.Collections.Concurrent;
using ToolRuntime.Recovery;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Cuts silos off from the store, as far as they are told.</summary>
internal sealed class StoreSwitch
{
    private readonly ConcurrentDictionary<SiloAddress, bool> cut = new();

    public void Cut(SiloAddress silo) => cut[silo] = true;

    internal sealed class Probe(StoreSwitch store, ILocalSiloDetails local) : IStoreProbe
    {
        public Task<bool> ReachesAsync(CancellationToken cancellationToken) => Task.FromResult(!store.cut.ContainsKey(local.SiloAddress));
    }
}
