namespace ToolRuntime.Processes;

/// <summary>Is told of the processes that attempts run, by whoever runs them. Safe to call from any thread; never throws.</summary>
public interface IProcessMeter
{
    /// <summary>One runs from now on.</summary>
    void Begin(ProcessUse use);

    /// <summary>Nothing of it runs any more.</summary>
    void End(ProcessUse use, ProcessUseEnd end);
}

/// <summary>A process that an attempt runs, with all that it starts itself.</summary>
/// <param name="owner">What it belongs to; this very object says which figures are its own.</param>
/// <param name="printed">How many bytes it has printed so far.</param>
public sealed class ProcessUse(ProcessOwner owner, Func<long> printed)
{
    /// <summary>What it belongs to.</summary>
    public ProcessOwner Owner { get; } = owner;

    /// <summary>Bytes that it has printed so far, as they came from it.</summary>
    public long OutputBytes => printed();
}

/// <summary>How it ended, and what it took; what nobody knows is null.</summary>
/// <param name="ExitCode">Its exit code, 128 + n when signal n ended it.</param>
/// <param name="CpuMs">Processor time of all of it.</param>
/// <param name="PeakMemoryBytes">The most memory at a time.</param>
public sealed record ProcessUseEnd(int? ExitCode, long? CpuMs, long? PeakMemoryBytes);

/// <summary>What a process, with all that it has started, takes now.</summary>
/// <param name="CpuMs">Processor time so far, that of children that have ended included.</param>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="Processes">How many they are.</param>
public readonly record struct ProcessFigures(long CpuMs, long MemoryBytes, int Processes)
{
    /// <summary>Both together.</summary>
    public static ProcessFigures operator +(ProcessFigures left, ProcessFigures right) => Add(left, right);

    /// <summary>Both together.</summary>
    public static ProcessFigures Add(ProcessFigures left, ProcessFigures right) =>
        new(left.CpuMs + right.CpuMs, left.MemoryBytes + right.MemoryBytes, left.Processes + right.Processes);
}
