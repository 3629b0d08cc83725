using ToolRuntime.Metrics;

namespace ToolRuntime.Processes.History;

/// <summary>What an execution's processes took on this silo, one run of a command after the other. For one thread at a time.</summary>
internal sealed class ExecutionLine(ProcessOwner owner, DateTimeOffset startedAt, ProcessHistoryOptions options)
{
    private const int FirstRoom = 64;

    private readonly MetricTable table = new(UseSeries.OfExecution, options.StepSeconds, options.KeepHours * 3_600 / options.StepSeconds, FirstRoom);
    private UseStep step;
    private UseNow? now;
    private long peak, allCpuMs, allOutputBytes;
    private int runs;

    public ProcessOwner Owner => owner;

    /// <summary>When nothing ran any more; null while something does.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The exit code of the last run that has ended.</summary>
    public int? ExitCode { get; private set; }

    public bool Runs => runs > 0;

    public void Begin()
    {
        runs++;
        (EndedAt, ExitCode) = (null, null);
    }

    public void End(ProcessUseEnd end, DateTimeOffset at)
    {
        if (--runs == 0) EndedAt = at;
        (ExitCode, peak) = (end.ExitCode, Math.Max(peak, end.PeakMemoryBytes ?? 0));
        if (runs == 0) now = null;
    }

    /// <summary>Adds to what the step that is not over has taken.</summary>
    public void Add(long cpuMs, long outputBytes, ProcessFigures? found)
    {
        step.CpuMs += cpuMs;
        step.OutputBytes += outputBytes;
        (allCpuMs, allOutputBytes) = (allCpuMs + cpuMs, allOutputBytes + outputBytes);
        if (found is not { } running) return;
        step.MemoryBytes += running.MemoryBytes;
        step.Processes += running.Processes;
        peak = Math.Max(peak, step.MemoryBytes);
    }

    /// <summary>Ends the step; nothing is noted of one in which nothing ran.</summary>
    public void Sample(long number, double seconds)
    {
        if (!Runs && step is { CpuMs: 0, OutputBytes: 0 }) return;
        Span<float> samples = stackalloc float[UseSeries.OfExecution];
        step.Write(samples, seconds);
        if (Runs) now = new(samples[UseSeries.Cpu], step.MemoryBytes, samples[UseSeries.Output], step.Processes);
        table.Add(number, samples);
        step = default;
    }

    /// <summary>What it comes to; null where nothing of it falls into that time.</summary>
    public ExecutionUse? Within(long from, long to)
    {
        if (startedAt.ToUnixTimeSeconds() >= to || EndedAt?.ToUnixTimeSeconds() < from) return null;
        // What began before is as exact as the samples were in time.
        var whole = startedAt.ToUnixTimeSeconds() >= from;
        var memory = (long)table.Over(from, to, UseSeries.Memory).Most;
        return new(
            owner,
            startedAt,
            EndedAt,
            ExitCode,
            whole ? allCpuMs : (long)(table.Over(from, to, UseSeries.Cpu).Sum * options.StepSeconds * 1_000) + step.CpuMs,
            whole ? Math.Max(memory, peak) : memory,
            whole ? allOutputBytes : (long)(table.Over(from, to, UseSeries.Output).Sum * options.StepSeconds) + step.OutputBytes,
            now);
    }

    /// <summary>A curve; in a coarse step a part of which it ran, its rates are those of the whole step, its memory is that of the part.</summary>
    /// <param name="query">The steps.</param>
    /// <param name="series">Which.</param>
    /// <param name="whole">Whether its memory is that of the whole step too, so that it can be added to others'.</param>
    public float[] Read(MetricQuery query, int series, bool whole = false) => table.Read(query, series, worst: false, whole || series != UseSeries.Memory);
}
