using System.Collections.Concurrent;
using Orleans.GrainDirectory;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>
/// Where grains are, of all silos of a test cluster: one place that all agree on, as Redis is in the product. With Orleans' own directory grains are for a moment
/// in two places when a silo joins.
/// </summary>
internal sealed class SharedDirectory : IGrainDirectory
{
    private readonly ConcurrentDictionary<GrainId, GrainAddress> places = new();

    public Task<GrainAddress?> Register(GrainAddress address) => Register(address, null);

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress) => Task.FromResult<GrainAddress?>(places.AddOrUpdate(
        address.GrainId, address, (_, known) => previousAddress is not null && known.Matches(previousAddress) ? address : known));

    public Task Unregister(GrainAddress address)
    {
        if (places.TryGetValue(address.GrainId, out var known) && known.ActivationId == address.ActivationId) places.TryRemove(KeyValuePair.Create(address.GrainId, known));
        return Task.CompletedTask;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(places.GetValueOrDefault(grainId));

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
