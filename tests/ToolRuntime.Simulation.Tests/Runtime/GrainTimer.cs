using Orleans.Runtime;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>A grain's timer.</summary>
internal sealed class GrainTimer(World world, Lane lane, Action act, Action disposed) : IGrainTimer
{
    private readonly VirtualTimer timer = new(world, lane, act);

    public void Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

    public void Dispose()
    {
        timer.Dispose();
        disposed();
    }
}
