using System.Collections.Immutable;

namespace ToolRuntime.Processes.History;

/// <summary>The curves that are remembered, by their places: the first of executions and tenants, the others of tenants only.</summary>
internal static class UseSeries
{
    public const int Cpu = 0;
    public const int Memory = 1;
    public const int Output = 2;
    public const int Processes = 3;
    public const int Exits = 4;
    public const int Failures = 5;
    public const int Restarts = 6;

    /// <summary>How many an execution has.</summary>
    public const int OfExecution = 3;

    /// <summary>Their names and units.</summary>
    public static ImmutableArray<(string Name, string Unit)> All { get; } =
        [("cpu", "1"), ("memory", "By"), ("output", "By/s"), ("processes", ""), ("exits", "1/s"), ("failures", "1/s"), ("restarts", "1/s")];
}

/// <summary>What was taken in a step that is not over.</summary>
internal struct UseStep
{
    public long CpuMs;
    public long OutputBytes;
    public long MemoryBytes;
    public int Processes;

    /// <summary>What it comes to; writes the curves' values.</summary>
    public readonly void Write(Span<float> samples, double seconds)
    {
        samples[UseSeries.Cpu] = (float)(CpuMs / 1_000d / seconds);
        samples[UseSeries.Memory] = Processes > 0 || samples.Length > UseSeries.OfExecution ? MemoryBytes : float.NaN;
        samples[UseSeries.Output] = (float)(OutputBytes / seconds);
    }
}
