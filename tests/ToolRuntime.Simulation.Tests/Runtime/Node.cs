namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>A process: it may hang and go on, or be killed in the middle of anything.</summary>
internal class Node
{
    private readonly List<Lane> lanes = [];

    public Node(World world, string name)
    {
        (World, Name) = (world, name);
        Pool = NewLane(name);
        Clock = new(world, Pool);
    }

    public World World { get; }

    public string Name { get; }

    public Lane Pool { get; }

    public VirtualClock Clock { get; }

    public bool IsDead { get; private set; }

    public bool Hangs { get; private set; }

    public Lane NewLane(string name, Orleans.Runtime.IGrainContext? grain = null)
    {
        var lane = new Lane(World, name, this, grain);
        lanes.Add(lane);
        return lane;
    }

    public virtual void Kill()
    {
        IsDead = true;
        World.Trace($"{Name} is killed");
    }

    public void Hang()
    {
        Hangs = true;
        World.Trace($"{Name} hangs");
    }

    public void GoOn()
    {
        if (IsDead || !Hangs) return;
        Hangs = false;
        World.Trace($"{Name} goes on");
        foreach (var lane in lanes) lane.Wake();
    }
}
