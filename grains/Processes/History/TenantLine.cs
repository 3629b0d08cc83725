using ToolRuntime.Metrics;

namespace ToolRuntime.Processes.History;

/// <summary>What all processes of a tenant took on this silo, and what has happened to them. For one thread at a time.</summary>
internal sealed class TenantLine(ProcessHistoryOptions options)
{
    private const int FirstRoom = 512;

    private readonly MetricTable table = new(UseSeries.All.Length, options.StepSeconds, options.KeepHours * 3_600 / options.StepSeconds, FirstRoom);
    private readonly Queue<ProcessMove> exits = new(), restarts = new();
    private UseStep step;
    private int exited, failed, restarted;

    /// <summary>When something of it ran or happened last.</summary>
    public DateTimeOffset ActiveAt { get; set; }

    /// <summary>How many of its runs have not ended.</summary>
    public int Runs { get; set; }

    /// <summary>Executions that are forgotten, or were never taken, for want of room.</summary>
    public int Dropped { get; set; }

    public IEnumerable<ProcessMove> Exits => exits;

    public IEnumerable<ProcessMove> Restarts => restarts;

    public void Add(long cpuMs, long outputBytes, ProcessFigures? found)
    {
        step.CpuMs += cpuMs;
        step.OutputBytes += outputBytes;
        step.MemoryBytes += found?.MemoryBytes ?? 0;
        step.Processes += found?.Processes ?? 0;
    }

    public void Add(ProcessMove move)
    {
        var to = move.Kind == ProcessMoveKind.Exited ? exits : restarts;
        to.Enqueue(move);
        if (to.Count > options.MaxMoves) to.Dequeue();
        if (move.Kind != ProcessMoveKind.Exited) restarted++;
        else exited++;
        if (move.IsFailure) failed++;
    }

    public void Sample(long number, double seconds)
    {
        Span<float> samples = stackalloc float[UseSeries.All.Length];
        step.Write(samples, seconds);
        samples[UseSeries.Processes] = step.Processes;
        // By the step's own length, so that they can be counted again, however late a sample came.
        samples[UseSeries.Exits] = (float)exited / options.StepSeconds;
        samples[UseSeries.Failures] = (float)failed / options.StepSeconds;
        samples[UseSeries.Restarts] = (float)restarted / options.StepSeconds;
        table.Add(number, samples);
        (step, exited, failed, restarted) = (default, 0, 0, 0);
    }

    /// <summary>Forgets what happened in a session, or before a time.</summary>
    public void Forget(Func<ProcessMove, bool> which)
    {
        foreach (var queue in (Queue<ProcessMove>[])[exits, restarts])
        {
            for (var left = queue.Count; left > 0; left--)
            {
                if (queue.Dequeue() is var move && !which(move)) queue.Enqueue(move);
            }
        }
    }

    /// <summary>What comes in so much a second adds up over a coarse step: where it was not looked at, there was nothing.</summary>
    public float[] Read(MetricQuery query, int series) => table.Read(query, series, worst: false, whole: series is not (UseSeries.Memory or UseSeries.Processes));
}
