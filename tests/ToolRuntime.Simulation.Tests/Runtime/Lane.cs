using Orleans.Runtime;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>
/// A place where steps are taken one after the other: an activation, or the thread pool of a node. What is awaited in it goes on in it.
/// A node that hangs takes no step, one that was killed takes none any more.
/// </summary>
internal sealed class Lane(World world, string name, Node? node, IGrainContext? grain = null) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Act, object? State)> steps = new();
    private bool queued;

    public string Name => name;

    public Node? Node => node;

    public bool IsReady => queued;

    private bool MayRun => node is null || !node.Hangs;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (node is { IsDead: true }) return;
        steps.Enqueue((d, state));
        Wake();
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing waits in a simulation.");

    public override SynchronizationContext CreateCopy() => this;

    public void Step()
    {
        if (node is { IsDead: true }) steps.Clear();
        if (steps.Count == 0 || !MayRun)
        {
            queued = false;
            return;
        }

        var (act, state) = steps.Dequeue();
        GrainTurns.Enter(grain);
        act(state);
        if (node is { IsDead: true }) steps.Clear();
        queued = steps.Count > 0 && MayRun;
    }

    /// <summary>Takes its steps again, if it has any.</summary>
    public void Wake()
    {
        if (queued || steps.Count == 0 || !MayRun) return;
        queued = true;
        world.Enqueue(this);
    }
}
