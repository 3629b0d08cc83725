using Orleans.Runtime.Placement;

namespace ToolRuntime.Placement;

/// <summary>
/// Chooses among the silos that take new grains, those that stop left out: a session goes to the one that it belongs to; its children go where it is, if that calls
/// them (<see cref="SessionPlaces.Follow"/>), else where it belongs. An execution of a pool goes to a silo of that, as long as there is one. The calling silo decides,
/// and all decide alike.
/// </summary>
internal sealed class SessionPlacementDirector(SiloPools pools) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (silos.Length == 1) return Task.FromResult(silos[0]);
        var key = target.GrainIdentity.Key.ToString()!;
        var session = SessionOf(key);
        if (PoolOf(key, session.Length) is { } pool && pools.Of(pool, silos) is { Length: > 0 } members) return Task.FromResult(Rendezvous.Choose(key, members, Rendezvous.Identity));
        var followed = session.Length < key.Length ? IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) : null;
        return Task.FromResult(followed ?? Rendezvous.Choose(session, silos, Rendezvous.Identity));
    }

    /// <summary>The silo that a session, or the one that a child is of, belongs to.</summary>
    public static SiloAddress OwnerOf(string grainKey, IReadOnlyList<SiloAddress> silos) => Rendezvous.Choose(SessionOf(grainKey), silos, Rendezvous.Identity);

    /// <summary>The pool of an execution that has one: <c>tenant/session/pool/execution</c>.</summary>
    private static string? PoolOf(string key, int session)
    {
        var (first, last) = (session + 1, key.LastIndexOf('/'));
        return last > first ? key[first..last] : null;
    }

    private static ReadOnlySpan<char> SessionOf(string grainKey)
    {
        var child = grainKey.IndexOf('/', grainKey.IndexOf('/') + 1);
        return child < 0 ? grainKey : grainKey.AsSpan(0, child);
    }
}
