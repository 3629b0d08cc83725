namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>How an operation of the log ends.</summary>
internal enum LogFate
{
    Fine,

    /// <summary>Nothing is done, and said so at once.</summary>
    Fails,

    /// <summary>Nothing is done; whoever asked finds out by waiting.</summary>
    IsDropped,

    /// <summary>It is done; whoever asked never hears of it.</summary>
    LosesAnswer,

    /// <summary>It is done long after whoever asked has given up.</summary>
    IsLate,

    /// <summary>It is done twice; the second outcome is the one that is told.</summary>
    IsDoubled,
}

/// <summary>What goes wrong in a history, how often, and until when: every third history is calm.</summary>
internal sealed class Faults
{
    private readonly World world;
    private readonly double messages, log, stores, frames, slowness;

    public Faults(World world)
    {
        this.world = world;
        var dice = world.Dice.Faults;
        Kind = dice.Next(3) == 0 ? 0 : dice.Next(1, 8);
        if (IsCalm) return;
        Heals = dice.Between(1_000, 40_000);
        messages = Rate(1, 0.05);
        log = Rate(2, 0.15);
        stores = Rate(2, 0.2);
        frames = Rate(1, 0.3);
        slowness = dice.Any(1, 1, 1, 5, 40);
        Processes = (Kind & 4) == 0 ? 0 : dice.Next(1, 5);
        Forks = (Kind & 2) != 0 && dice.Chance(0.3) ? dice.Next(1, 3) : 0;

        double Rate(int bit, double most) => (Kind & bit) == 0 ? 0 : most * Math.Pow(dice.NextDouble(), 2);
    }

    /// <summary>1: the network, 2: stores, 4: processes.</summary>
    public int Kind { get; }

    public bool IsCalm => Kind == 0;

    /// <summary>From then on everything works.</summary>
    public TimeSpan Heals { get; }

    /// <summary>How many times a process dies, hangs, or loses a grain.</summary>
    public int Processes { get; }

    /// <summary>How many times the log goes back in time.</summary>
    public int Forks { get; }

    public bool AreOver => world.Elapsed >= Heals;

    private Random Dice => world.Dice.Network;

    public bool LosesMessage(Random? dice = null) => Happens(messages, dice);

    public bool LosesFrame() => Happens(frames);

    public bool StoreFails() => Happens(stores);

    public bool Misplaces() => Happens(IsCalm ? 0 : 0.3);

    public LogFate LogFate() => Happens(log) ? (LogFate)Dice.Next(1, 6) : Runtime.LogFate.Fine;

    public TimeSpan Latency(Random? dice = null) => (dice ?? Dice).Between(0.02, AreOver ? 2 : 2 * slowness);

    public TimeSpan StoreLatency() => Dice.Between(0.1, AreOver ? 5 : 5 * slowness);

    private bool Happens(double rate, Random? dice = null) => rate > 0 && !AreOver && (dice ?? Dice).Chance(rate);
}
