using System.Collections.Concurrent;
using ToolRuntime.Sessions;

namespace ToolRuntime.Placement;

/// <summary>The sessions that are on this silo or belong to it.</summary>
internal sealed class LocalSessions(IGrainFactory grains, SessionPlaces places)
{
    private const int AtATime = 16;

    private readonly ConcurrentDictionary<SessionKey, object> here = new();

    public void Add(SessionKey session, object activation) => here[session] = activation;

    public void Remove(SessionKey session, object activation) => here.TryRemove(new(session, activation));

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
