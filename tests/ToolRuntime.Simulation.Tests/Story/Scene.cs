using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;
using ToolRuntime.Simulation.Tests.Store;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>Everything that takes part in a history.</summary>
internal sealed class Scene
{
    public static readonly SessionKey Session = new("acme", "s1");

    /// <summary>What was lost while something was broken, the reminder of a minute finds.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(65);

    [ThreadStatic]
    private static Scene? current;

    public Scene(int seed, string? switches, Action<string>? trace)
    {
        current = this;
        World = new(seed, trace);
        Faults = new(World);
        Cluster = new(World, Faults);
        Store = new(World) { IgnoresTokens = switches == "ignore-tokens" };
        Snapshots = new(World);
        Silos = World.Dice.Faults.Next(1, 4);
        Sessions = Options.Create(new SessionOptions { SnapshotEvery = World.Dice.Faults.Any(5, 20, 500), KeptEvents = World.Dice.Faults.Any(40, 100_000) });
        Outside = new(World, "outside");
        Grains = new(new GrainCalls(Cluster, Outside));
        Reader = new(this);
        Cluster.Reminders.Due += Cluster.Remind;
    }

    public static Scene Current => current!;

    public World World { get; }

    public Faults Faults { get; }

    public Cluster Cluster { get; }

    public LogStore Store { get; }

    public Snapshots Snapshots { get; }

    /// <summary>How many silos there are, when all live.</summary>
    public int Silos { get; }

    public IOptions<SessionOptions> Sessions { get; }

    public IOptions<BatchOptions> Batches { get; } = Options.Create(new BatchOptions
    {
        MaxWait = TimeSpan.FromSeconds(20),
        AttemptTimeout = TimeSpan.FromSeconds(5),
        MaxPause = TimeSpan.FromSeconds(15),
        ApprovalWait = TimeSpan.FromSeconds(25),
    });

    /// <summary>Gateway and clients; never dies.</summary>
    public Node Outside { get; }

    public Runtime.GrainFactory Grains { get; }

    public Reader Reader { get; }

    /// <summary>Every attempt that any tool ran.</summary>
    public List<ToolRun> Runs { get; } = [];

    /// <summary>When something must have happened that is due at a certain time.</summary>
    public DateTimeOffset Recovered(DateTimeOffset due)
    {
        var recovered = World.Now - World.Elapsed + Faults.Heals + Recovery;
        return Faults.IsCalm || due > recovered ? due : recovered;
    }

    public void Publish(SessionKey session, SessionFrame frame)
    {
        foreach (var seen in frame.Events)
        {
            if (!Store.WasCommitted(session, seen)) World.Faults.Add($"Published, and not committed: {seen.Seq} {seen.Type}.");
        }

        if (!Faults.LosesFrame()) Reader.Hear(frame);
    }
}
