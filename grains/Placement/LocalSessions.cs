using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ToolRuntime.Sessions;

namespace ToolRuntime.Placement;

/// <summary>The sessions that are on this silo or belong to it.</summary>
internal sealed class LocalSessions
{
    private const int AtATime = 16;

    private readonly ConcurrentDictionary<SessionKey, object> here = new();
    private readonly IGrainFactory grains;
    private readonly SessionPlaces places;

    public LocalSessions(IGrainFactory grains, SessionPlaces places, IMeterFactory meters)
    {
        (this.grains, this.places) = (grains, places);
        meters.Create("ToolRuntime").CreateObservableUpDownCounter(
            "toolruntime_silo_sessions", () => here.Count, description: "Sessions that this silo holds.");
    }

    public void Add(SessionKey session, object activation) => here[session] = activation;

    public void Remove(SessionKey session, object activation)
    {
        if (here.TryRemove(new(session, activation))) places.Pools.Forget(session);
    }

    /// <summary>Whether a session is on this silo.</summary>
    public bool IsHere(SessionKey session) => here.ContainsKey(session);

    /// <summary>Whether a session is on this silo and nobody else has opened its log since; false where that can't be known.</summary>
    public async Task<bool> HoldsAsync(SessionKey session)
    {
        try
        {
            return IsHere(session) && await grains.GetGrain<ISessionJournal>(session.ToString()).GetHolderAsync() == places.Incarnation;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>The calls of tools that have not ended in the sessions of this silo, and whether they wait to begin.</summary>
    public IEnumerable<(string Tenant, string Tool, bool Waits)> OpenTools =>
        from session in here
        where session.Value is SessionGrain
        from open in ((SessionGrain)session.Value).OpenTools
        select (session.Key.Tenant, open.Tool, open.Waits);

    /// <summary>Whether a session belongs to this silo.</summary>
    public bool Owns(SessionKey session) => places.IsMine(session);

    /// <summary>Wakes what is open of a session, wherever it is; where it is nowhere, here if it belongs here.</summary>
    public Task RecoverAsync(SessionKey session) => grains.GetGrain<ISessionJournal>(session.ToString()).RecoverAsync();

    /// <summary>Has idle sessions leave that belong elsewhere; those with open work do so themselves once it has ended.</summary>
    public Task MoveAsync(CancellationToken cancellationToken)
    {
        var misplaced = places.Alone ? [] : here.Keys.Where(session => !places.IsMine(session)).ToList();
        return Parallel.ForEachAsync(
            misplaced,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (session, _) => await grains.GetGrain<ISessionJournal>(session.ToString()).MoveAsync());
    }
}
