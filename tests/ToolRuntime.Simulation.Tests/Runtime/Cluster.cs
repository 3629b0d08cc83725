using System.Collections.Immutable;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.Serialization.Invocation;
using ToolRuntime.Placement;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>
/// What Orleans is to the grains: a directory, calls that are late or lost, membership that notices a death after a while. An activation that the
/// directory has forgotten lives on.
/// </summary>
internal sealed class Cluster(World world, Faults faults)
{
    private readonly Dictionary<GrainId, Activation> directory = [];
    private readonly List<VirtualSilo> silos = [];
    private ImmutableDictionary<SiloAddress, ClusterMember> members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty;
    private int version;

    public World World => world;

    public Faults Faults => faults;

    public ReminderTable Reminders { get; } = new(world);

    public IReadOnlyList<VirtualSilo> Silos => silos;

    /// <summary>Somebody has died, as far as membership knows.</summary>
    public event Action<VirtualSilo>? Declared;

    public void Add(VirtualSilo silo)
    {
        silos.Add(silo);
        Tell(silo, SiloStatus.Active);
    }

    public IEnumerable<Activation> Activations => directory.Values;

    public Activation? Find(GrainId grain) => directory.GetValueOrDefault(grain);

    /// <summary>Sends a request; a call, where somebody waits for the answer, ends by it, by a death or by its time-out.</summary>
    public void Send(Node from, GrainId to, IInvokable request, ICall? call)
    {
        if (call is not null) world.At(call.Timeout, from.Pool, () => call.Fail(new TimeoutException($"{request.GetMethodName()} of {to} took too long.")));
        if (world.Traces) world.Trace($"{from.Name} -> {to} {request.GetMethodName()} {(request.GetArgumentCount() > 1 ? request.GetArgument(1) : "")}");
        // By the message, not by the order of sending: heartbeats of a silo come in the order of a hash table.
        var dice = world.Dice.Of($"{to} {request.GetMethodName()}");
        var near = RequestContext.Get(IPlacementDirector.PlacementHintKey) as SiloAddress;
        if (!faults.LosesMessage(dice)) world.At(faults.Latency(dice), world.Root, () => Arrive(to, request, call, near));
    }

    /// <summary>Hands a request over; a grain that is nowhere begins, <paramref name="near"/> the caller if it wants that.</summary>
    public void Arrive(GrainId to, IInvokable request, ICall? call, SiloAddress? near = null)
    {
        if (!directory.TryGetValue(to, out var activation)) activation = Activate(to, near);
        if (activation is null)
        {
            call?.Fail(new SiloUnavailableException("There is no silo."));
            return;
        }

        if (call is not null) activation.Silo.Waiting.Add(call);
        if (!activation.Silo.IsDead) activation.Receive(request, call);
    }

    public void Answer(VirtualSilo from, ICall call, Response response)
    {
        if (faults.LosesMessage()) return;
        world.At(faults.Latency(), world.Root, () =>
        {
            from.Waiting.Remove(call);
            call.Complete(response);
        });
    }

    /// <summary>Wakes a grain's reminder, wherever it is by then.</summary>
    public void Remind(GrainId grain, string name)
    {
        if ((directory.GetValueOrDefault(grain) ?? Activate(grain)) is { Silo.IsDead: false } activation) activation.Remind(name);
    }

    /// <summary>Forgets an activation without its knowing.</summary>
    public void Forget(GrainId grain)
    {
        world.Trace($"the directory forgets {grain}");
        directory.Remove(grain);
    }

    public void Remove(Activation activation)
    {
        if (directory.GetValueOrDefault(activation.GrainId) == activation) directory.Remove(activation.GrainId);
    }

    /// <summary>Membership declares a silo dead, be it so or not.</summary>
    public void Declare(VirtualSilo silo)
    {
        world.Trace($"{silo.Name} is declared dead");
        silo.IsDeclared = true;
        silos.Remove(silo);
        Tell(silo, SiloStatus.Dead);
        foreach (var (grain, activation) in directory.ToArray())
        {
            if (activation.Silo == silo) directory.Remove(grain);
        }

        foreach (var call in silo.Waiting.ToArray()) call.Fail(new SiloUnavailableException($"{silo.Name} is dead."));
        silo.Waiting.Clear();
        Declared?.Invoke(silo);
    }

    /// <summary>Where the product's own director would have it, mostly.</summary>
    private Activation? Activate(GrainId grain, SiloAddress? near = null)
    {
        if (silos.Count == 0) return null;
        var silo = faults.Misplaces()
            ? silos[world.Dice.Network.Next(silos.Count)]
            : silos.Find(silo => silo.SiloAddress.Equals(near)) ?? Owner(grain);
        return directory[grain] = silo.Activate(grain);
    }

    private VirtualSilo Owner(GrainId grain)
    {
        var owner = SessionPlacementDirector.OwnerOf(grain.Key.ToString()!, [.. silos.Select(silo => silo.SiloAddress)]);
        return silos.Single(silo => silo.SiloAddress.Equals(owner));
    }

    /// <summary>Every silo hears of a change, each in its time.</summary>
    private void Tell(VirtualSilo changed, SiloStatus status)
    {
        members = members.SetItem(changed.SiloAddress, new(changed.SiloAddress, status, changed.Name));
        var snapshot = new ClusterMembershipSnapshot(members, new(++version));
        if (status == SiloStatus.Active) changed.Membership.Hear(snapshot);
        foreach (var silo in silos) world.At(faults.Latency(), silo.Pool, () => silo.Membership.Hear(snapshot));
    }
}

/// <summary>Somebody who waits for an answer.</summary>
internal interface ICall
{
    TimeSpan Timeout { get; }

    void Complete(Response response);

    void Fail(Exception exception);
}
