using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>What happens to processes and stores: deaths, silos that hang, activations that end or are forgotten, logs that go back in time. And who recovers.</summary>
internal sealed class Disasters(Scene scene)
{
    /// <summary>The watchdog of a silo that hangs kills its processes then; membership declares it dead a little later.</summary>
    private static readonly TimeSpan WatchdogAfter = TimeSpan.FromSeconds(1.5), DeclaredAfter = TimeSpan.FromSeconds(2.3);

    private int started;

    private World World => scene.World;

    private Random Dice => World.Dice.Faults;

    public void Begin()
    {
        for (var place = 0; place < scene.Silos; place++) Start(place);
        scene.Cluster.Declared += silo => Recover(mayFail: true);
        for (var i = 0; i < scene.Faults.Processes; i++) World.At(Dice.NextDouble() * scene.Faults.Heals, World.Root, Strike);
        for (var i = 0; i < scene.Faults.Forks; i++) World.At(Dice.NextDouble() * scene.Faults.Heals, World.Root, GoBack);
    }

    private void Start(int place)
    {
        var silo = new VirtualSilo(scene, $"silo{++started}", Membership.AddressOf(place, started));
        scene.Cluster.Add(silo);
        World.Trace($"{silo.Name} starts");
    }

    private void Strike()
    {
        if (scene.Cluster.Silos.Count == 0) return;
        var silo = Dice.Any([.. scene.Cluster.Silos]);
        if (silo.IsDead || silo.Hangs) return;
        switch (Dice.Next(5))
        {
            case 0 or 1:
                Kill(silo, Dice.Between(600, 1_300));
                break;
            case 2 when scene.Silos > 1:
                Hang(silo, Dice.Between(100, 6_000));
                break;
            case 3 when Any() is { } grain:
                scene.Cluster.Forget(grain.GrainId);
                break;
            case 4 when Any() is { } grain && (grain.KeptUntil <= World.Elapsed || Dice.Chance(0.3)):
                grain.Deactivate(new(Orleans.DeactivationReasonCode.ActivationIdle, ""));
                break;
            default:
                break;
        }
    }

    private Activation? Any() => scene.Cluster.Activations.ToArray() is { Length: > 0 } all ? all[Dice.Next(all.Length)] : null;

    private void Kill(VirtualSilo silo, TimeSpan noticedAfter)
    {
        silo.Kill();
        World.At(noticedAfter, World.Root, () => Declare(silo));
    }

    private void Hang(VirtualSilo silo, TimeSpan time)
    {
        silo.Hang();
        World.At(WatchdogAfter, World.Root, () =>
        {
            if (silo.Hangs) foreach (var run in scene.Runs) run.KilledWith(silo);
        });
        World.At(DeclaredAfter, World.Root, () =>
        {
            if (silo.Hangs) Declare(silo);
        });
        World.At(time, World.Root, () =>
        {
            silo.GoOn();
            // It executes what has gathered, until it learns that it is dead.
            if (silo.IsDeclared) World.At(Dice.Between(0, 2_000), World.Root, silo.Kill);
        });
    }

    private void Declare(VirtualSilo silo)
    {
        if (silo.IsDeclared) return;
        scene.Cluster.Declare(silo);
        World.At(Dice.Between(200, 3_000), World.Root, () =>
        {
            Start(silo.SiloAddress.Endpoint.Port % 10_000);
            if (scene.Cluster.Silos.Count == 1) Recover(mayFail: false);
        });
    }

    /// <summary>The living wake what is open, and may fail at it: then the reminders do.</summary>
    private void Recover(bool mayFail) => World.At(Dice.Between(1, 50), World.Root, () =>
    {
        if (scene.Cluster.Silos.Count == 0 || (mayFail && Dice.Chance(0.2))) return;
        foreach (var session in scene.Store.Sessions.Where(session => scene.Store.Find(session)!.OpenWork)) scene.Outside.Pool.Post(_ => _ = RecoverAsync(session), null);
    });

    private async Task RecoverAsync(SessionKey session)
    {
        try
        {
            await scene.Grains.GetGrain<ISessionJournal>(session.ToString()).RecoverAsync();
        }
        catch (Exception exception)
        {
            World.Trace($"{session} is not woken: {exception.GetType().Name}");
        }
    }

    /// <summary>Log and snapshots go back, or the log alone where that has all. Whoever reads from a store that was away looks again, and what is open in it is woken.</summary>
    private void GoBack()
    {
        var by = Dice.Between(1, 3_000);
        if (scene.Store.GoBack(Scene.Session, by) && (scene.Store.Find(Scene.Session)!.First > 1 || Dice.Chance(0.6))) scene.Snapshots.GoBack(by);
        scene.Reader.ReadOn();
        Recover(mayFail: false);
    }
}
