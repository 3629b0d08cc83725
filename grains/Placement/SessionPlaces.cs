using System.Collections.Immutable;
using Orleans.Runtime.Placement;

namespace ToolRuntime.Placement;

/// <summary>Where sessions belong, and which silos are dead, as this silo knows the cluster.</summary>
internal sealed class SessionPlaces(IClusterMembershipService membership, ILocalSiloDetails local, TimeProvider time, SiloPools? pools = null)
{
    private readonly Lock gate = new();
    private volatile View current = View.Nothing;

    /// <summary>This silo's incarnation, for <see cref="DeadFor"/>.</summary>
    public string Incarnation { get; } = local.SiloAddress.ToParsableString();

    public SiloPools Pools { get; } = pools ?? new();

    /// <summary>Whether a silo of the pool takes work.</summary>
    public bool IsUp(string pool) => Pools.Of(pool, Now.Active).Length > 0;

    /// <summary>Whether no other silo takes sessions.</summary>
    public bool Alone => Now.Alone;

    /// <summary>Whether this silo takes sessions: it does until it stops.</summary>
    public bool Takes => Now.Takes;

    /// <summary>Whether this silo takes no sessions any more and another one does.</summary>
    public bool MayGoElsewhere => Now is { Takes: false, Active.IsEmpty: false };

    /// <summary>Silos that take sessions.</summary>
    public ImmutableArray<SiloAddress> Active => Now.Active;

    /// <summary>Whether the session would be placed here.</summary>
    public bool IsMine(SessionKey session) => Now is var now && (now.Active.IsEmpty || Owner(session, now.Active).Equals(local.SiloAddress));

    /// <summary>For how long this silo has known that an incarnation is dead; null where it does not know that. One that nobody knows may only be new.</summary>
    public TimeSpan? DeadFor(string incarnation)
    {
        var (silo, now) = (SiloAddress.FromParsableString(incarnation), Now);
        if (now.Snapshot?.GetSiloStatus(silo) != SiloStatus.Dead) return null;
        return now.DeadSince.TryGetValue(silo, out var since) ? time.GetElapsedTime(since) : TimeSpan.MaxValue;
    }

    /// <summary>The silo that a session belongs to, of some.</summary>
    public static SiloAddress Owner(SessionKey session, IReadOnlyList<SiloAddress> silos) => SessionPlacementDirector.OwnerOf(session.ToString(), silos);

    /// <summary>Until it is disposed of, grains that are called and have to be activated are where the caller is. Costs nothing where there is no choice.</summary>
    public Following Follow()
    {
        if (Alone) return default;
        var before = RequestContext.Get(IPlacementDirector.PlacementHintKey);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, local.SiloAddress);
        return new(true, before);
    }

    private View Now
    {
        get
        {
            var snapshot = membership.CurrentSnapshot;
            return current is var known && ReferenceEquals(known.Snapshot, snapshot) ? known : Look(snapshot);
        }
    }

    private View Look(ClusterMembershipSnapshot snapshot)
    {
        lock (gate) return current = ReferenceEquals(current.Snapshot, snapshot) ? current : current.Next(snapshot, local.SiloAddress, time.GetTimestamp());
    }

    internal readonly struct Following(bool set, object? before) : IDisposable
    {
        public void Dispose()
        {
            if (!set) return;
            if (before is null) RequestContext.Remove(IPlacementDirector.PlacementHintKey);
            else RequestContext.Set(IPlacementDirector.PlacementHintKey, before);
        }
    }

    private sealed record View(
        ClusterMembershipSnapshot? Snapshot,
        ImmutableArray<SiloAddress> Active,
        ImmutableDictionary<SiloAddress, long> DeadSince,
        bool Takes,
        bool Alone)
    {
        public static View Nothing { get; } = new(null, [], ImmutableDictionary<SiloAddress, long>.Empty, false, true);

        public View Next(ClusterMembershipSnapshot snapshot, SiloAddress here, long now)
        {
            var (members, dead) = (snapshot.Members.Values, DeadSince.ToBuilder());
            foreach (var member in members)
            {
                if (member.Status == SiloStatus.Dead) dead.TryAdd(member.SiloAddress, now);
            }

            dead.RemoveRange(DeadSince.Keys.Where(silo => !snapshot.Members.ContainsKey(silo)));
            ImmutableArray<SiloAddress> active = [.. members.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];
            return new(
                snapshot,
                active,
                dead.ToImmutable(),
                active.Contains(here),
                active.All(here.Equals));
        }
    }
}
