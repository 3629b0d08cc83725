namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>
/// Time and order of a history: everything that happens is a step of some <see cref="Lane"/>, one after the other on one thread; the seed says whose step is next.
/// When no step is due the clock goes to the next event.
/// </summary>
public sealed class World
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [ThreadStatic]
    private static World? current;

    private readonly List<Lane> ready = [];
    private readonly PriorityQueue<Appointment, (TimeSpan Due, long Number)> appointments = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private Lane? running;
    private long scheduled;
    private int ids;

    internal World(int seed, Action<string>? trace)
    {
        (Dice, Tracer, current) = (new(seed), trace, this);
        Root = new(this, "world", null);
    }

    internal static World Current => current ?? throw new InvalidOperationException("Something has escaped from the simulation's thread.");

    internal Dice Dice { get; }

    /// <summary>The lane of what never dies: the network and the stores.</summary>
    internal Lane Root { get; }

    /// <summary>The thread pool of the node whose step it is.</summary>
    internal Lane Pool => running?.Node?.Pool ?? Root;

    internal TimeSpan Elapsed { get; private set; }

    internal DateTimeOffset Now => Start + Elapsed;

    internal long Steps { get; private set; }

    /// <summary>What must not happen: faults of the simulation, and exceptions that nobody caught.</summary>
    internal List<string> Faults { get; } = [];

    private Action<string>? Tracer { get; }

    internal bool Traces => Tracer is not null;

    internal void Trace(string line) => Tracer?.Invoke($"{Elapsed.TotalSeconds,10:0.000000} {line}");

    /// <summary>An id like a version 7 one: in order of creation, the rest by the seed.</summary>
    internal Guid NewId() => new(ids++, (short)Dice.Values.Next(0x1000), 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)Dice.Values.Next(256));

    internal Appointment At(TimeSpan delay, Lane lane, Action act)
    {
        Check(lane);
        var appointment = new Appointment(lane, act);
        appointments.Enqueue(appointment, (Elapsed + (delay < TimeSpan.Zero ? TimeSpan.Zero : delay), ++scheduled));
        return appointment;
    }

    internal void Enqueue(Lane lane)
    {
        Check(lane);
        ready.Add(lane);
    }

    /// <summary>Goes on until it is over, or nothing is left to happen; false: it took too long.</summary>
    internal bool Run(Func<bool> over, TimeSpan limit, long maxSteps)
    {
        var outside = SynchronizationContext.Current;
        try
        {
            while (!over() && Faults.Count == 0)
            {
                if (ready.Count > 0)
                {
                    if (++Steps > maxSteps) return false;
                    Step();
                }
                else if (!appointments.TryDequeue(out var next, out var when))
                {
                    return true;
                }
                else if (when.Due > limit)
                {
                    return false;
                }
                else if (!next.Cancelled)
                {
                    Elapsed = when.Due;
                    next.Lane.Post(static act => ((Action)act!)(), next.Act);
                }
            }

            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    private void Check(Lane lane)
    {
        if (Environment.CurrentManagedThreadId == thread) return;
        lock (Faults) Faults.Add($"Another thread posted to {lane.Name}: {Environment.StackTrace}");
    }

    private void Step()
    {
        var at = Dice.Schedule.Next(ready.Count);
        var lane = ready[at];
        running = lane;
        SynchronizationContext.SetSynchronizationContext(lane);
        try
        {
            lane.Step();
        }
        catch (Exception exception)
        {
            Faults.Add($"Nobody caught in {lane.Name}: {exception}");
        }

        if (lane.IsReady) return;
        // Also where the step has ended others: they take no more steps.
        ready.RemoveAll(other => !other.IsReady);
    }
}

/// <summary>Something that will happen.</summary>
internal sealed record Appointment(Lane Lane, Action Act)
{
    public bool Cancelled { get; private set; }

    public void Cancel() => Cancelled = true;
}
