using Orleans.Runtime.Placement;

namespace ToolRuntime.Placement;

/// <summary>
/// Chooses among the silos that take new grains, those that stop left out: where the session itself is, if who calls says so (<see cref="SessionPlaces.Follow"/>),
/// else the silo that the session belongs to. The calling silo decides, and all decide alike.
/// </summary>
internal sealed class SessionPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (silos.Length == 1) return Task.FromResult(silos[0]);
        var chosen = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? OwnerOf(target.GrainIdentity.Key.ToString()!, silos);
        return Task.FromResult(chosen);
    }

    internal static SiloAddress OwnerOf(string grainKey, IReadOnlyList<SiloAddress> silos) => Rendezvous.Choose(SessionOf(grainKey), silos, Rendezvous.Identity);

    private static ReadOnlySpan<char> SessionOf(string grainKey)
    {
        var child = grainKey.IndexOf('/', grainKey.IndexOf('/') + 1);
        return child < 0 ? grainKey : grainKey.AsSpan(0, child);
    }
}
