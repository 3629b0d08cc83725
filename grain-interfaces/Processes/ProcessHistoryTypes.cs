using System.Collections.Immutable;

namespace ToolRuntime.Processes;

/// <summary>An execution of some session.</summary>
/// <param name="Session">The session.</param>
/// <param name="ExecutionId">The execution.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionName")]
public readonly record struct ExecutionName(string Session, string ExecutionId);

/// <summary>What an execution's processes took within a time, all of its attempts on a silo together.</summary>
/// <param name="Owner">Whose they are.</param>
/// <param name="StartedAt">When the first one began.</param>
/// <param name="EndedAt">When the last one ended; null while one runs.</param>
/// <param name="ExitCode">That one's exit code.</param>
/// <param name="CpuMs">Processor time.</param>
/// <param name="MemoryBytes">The most memory at a time.</param>
/// <param name="OutputBytes">Bytes printed.</param>
/// <param name="Now">What they take at present; null where none runs.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionUse")]
public sealed record ExecutionUse(
    ProcessOwner Owner, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int? ExitCode, long CpuMs, long MemoryBytes, long OutputBytes, UseNow? Now);

/// <summary>What processes take at present.</summary>
/// <param name="Cpu">Processors.</param>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="OutputBytesPerSecond">What they print.</param>
/// <param name="Processes">How many they are.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UseNow")]
public sealed record UseNow(double Cpu, long MemoryBytes, double OutputBytesPerSecond, int Processes);

/// <summary>What has happened to a process.</summary>
[GenerateSerializer, Alias("toolruntime.ProcessMoveKind")]
public enum ProcessMoveKind
{
    /// <summary>An execution with processes has ended.</summary>
    Exited,

    /// <summary>An attempt has ended, and another follows.</summary>
    Retried,

    /// <summary>A named process is run again.</summary>
    Restarted,
}

/// <summary>An execution's end, or that something is run again.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Which of them.</param>
/// <param name="Execution">The execution that has ended, or whose attempt has.</param>
/// <param name="Tool">Its tool.</param>
/// <param name="Named">The named process that it was a run of.</param>
/// <param name="Outcome">How it ended, as in the view: <c>completed</c>, <c>failed</c>, <c>timed_out</c>, <c>cancelled</c>; of what is run again null.</param>
/// <param name="ExitCode">The exit code, where that is known.</param>
/// <param name="Code">The error's code.</param>
/// <param name="Number">Of an attempt that follows its number, of a named process the restarts so far; else 0.</param>
/// <param name="MessageId">The reply that asked for the call; null where none did.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessMove")]
public sealed record ProcessMove(
    DateTimeOffset At, ProcessMoveKind Kind, ExecutionName Execution, string Tool, string? Named, string? Outcome, int? ExitCode, string? Code, int Number = 0,
    string? MessageId = null)
{
    /// <summary>Whether it was an end that nobody wanted.</summary>
    public bool IsFailure => Outcome is "failed" or "timed_out";
}

/// <summary>What one silo remembers of a tenant's processes within a time.</summary>
/// <param name="Executions">Whose processes ran.</param>
/// <param name="Exits">The newest ends, oldest first.</param>
/// <param name="Restarts">The newest attempts and runs that followed others, oldest first.</param>
/// <param name="Dropped">How many executions it has forgotten, or never taken, for want of room.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SiloUse")]
public sealed record SiloUse(ImmutableArray<ExecutionUse> Executions, ImmutableArray<ProcessMove> Exits, ImmutableArray<ProcessMove> Restarts, int Dropped);

/// <summary>Which curves are asked for.</summary>
/// <param name="Tenant">Whose processes.</param>
/// <param name="From">The first step, seconds since 1970; a multiple of <paramref name="StepSeconds"/>.</param>
/// <param name="Steps">How many.</param>
/// <param name="StepSeconds">How far they are apart.</param>
/// <param name="Of">Whose sum is asked for; null: of all of the tenant's.</param>
/// <param name="Each">Those that are asked for by themselves.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UseQuery")]
public sealed record UseQuery(string Tenant, long From, int Steps, int StepSeconds, ImmutableArray<ExecutionName>? Of, ImmutableArray<ExecutionName> Each);

/// <summary>The curves that one silo knows: a value for each step, not a number where it knows none.</summary>
/// <param name="Total">Together, by series.</param>
/// <param name="Each">Those that it knows of <see cref="UseQuery.Each"/>, by series.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SiloCurves")]
public sealed record SiloCurves(ImmutableArray<float[]> Total, ImmutableArray<KeyValuePair<ExecutionName, ImmutableArray<float[]>>> Each);

/// <summary>What all silos tell.</summary>
/// <param name="Silos">Those that have answered.</param>
/// <param name="Silent">How many have not.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UseAnswers")]
public sealed record UseAnswers(ImmutableArray<SiloUse> Silos, int Silent);

/// <summary>What all silos tell.</summary>
/// <param name="Silos">Those that have answered.</param>
/// <param name="Silent">How many have not.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.CurveAnswers")]
public sealed record CurveAnswers(ImmutableArray<SiloCurves> Silos, int Silent);
