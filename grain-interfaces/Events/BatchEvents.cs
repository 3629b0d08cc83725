using System.Collections.Immutable;
using ToolRuntime.Jobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Events;

/// <summary>A batch and its plan; all executions are pending. <paramref name="Title"/>: what the session is called from now on, where it is after these calls. <paramref name="Job"/>: of one that is a job; where it begins later it is paused at once until then.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchStarted")]
public sealed record BatchStarted(
    int Total, DateTimeOffset Deadline, int MaxParallel, ImmutableArray<PlannedTool> Tools, string? Title = null, JobInfo? Job = null) : SessionEvent;

/// <summary>One call of a batch's plan.</summary>
/// <param name="ExecutionId">Names it in every later event.</param>
/// <param name="CallId">The caller's or the model's id of the call.</param>
/// <param name="Index">Its place in the call order, from 0.</param>
/// <param name="Name">The tool.</param>
/// <param name="Description">What the tool does.</param>
/// <param name="Arguments">As validated.</param>
/// <param name="EstimatedMs">The tool's own estimate of its run time, milliseconds.</param>
/// <param name="Input">True if clients may type into it (<c>tool.input</c>).</param>
/// <param name="TimeoutMs">The time-out of each attempt, milliseconds, where the call asked for one.</param>
/// <param name="Terminal">The terminal that it has at first.</param>
/// <param name="TimeoutCapped">True where that is less than the call asked for.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.PlannedTool")]
public sealed record PlannedTool(
    string ExecutionId,
    string CallId,
    int Index,
    string Name,
    string Description,
    JsonText Arguments,
    int EstimatedMs,
    bool? Input = null,
    int? TimeoutMs = null,
    bool? TimeoutCapped = null,
    TerminalSize? Terminal = null);

/// <summary>The batch's figures; at most ten a second, the last always. <paramref name="Failed"/> counts failed, timed out and cancelled ones.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchProgressed")]
public sealed record BatchProgressed(int Completed, int Failed, int Executing, int Pending, int Total, double Percent, long ElapsedMs, long? EtaMs = null) : SessionEvent;

/// <summary>Nothing starts, running processes are stopped, time-outs are frozen.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchPaused")]
public sealed record BatchPaused(string By, DateTimeOffset? Deadline = null) : SessionEvent;

/// <summary>The batch goes on until the new deadline.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchResumed")]
public sealed record BatchResumed(string By, DateTimeOffset? Deadline = null) : SessionEvent;

/// <summary>How a batch ended; comes after the ends of all its executions.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchEnded")]
public abstract record BatchEnded(
    int Successful, int Failed, int TimedOut, int Cancelled, int Total, long ElapsedMs, int FilesCreated, int LinesWritten) : SessionEvent
{
    /// <summary>The peaks of all attempts' processes, added up; absent where none is known.</summary>
    [Id(0)] public long? PeakMemoryBytes { get; init; }

    /// <summary>Processor time of all attempts' processes, milliseconds; absent where none is known.</summary>
    [Id(1)] public long? CpuMs { get; init; }

    /// <summary>Calls of all attempts to services outside; absent where there were none.</summary>
    [Id(2)] public long? ApiCalls { get; init; }

    /// <summary>Bytes that tools themselves took in from services and files, and gave out to them, in all attempts; absent for none.</summary>
    [Id(3)] public long? BytesIn { get; init; }
    [Id(4)] public long? BytesOut { get; init; }
}

/// <summary>All executions are final and at least one completed.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchCompleted")]
public sealed record BatchCompleted(
    int Successful, int Failed, int TimedOut, int Cancelled, int Total, long ElapsedMs, int FilesCreated, int LinesWritten)
    : BatchEnded(Successful, Failed, TimedOut, Cancelled, Total, ElapsedMs, FilesCreated, LinesWritten);

/// <summary>All executions are final and none completed, or one failed and <c>onFailure</c> was <c>cancel_rest</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchFailed")]
public sealed record BatchFailed(
    int Successful, int Failed, int TimedOut, int Cancelled, int Total, long ElapsedMs, int FilesCreated, int LinesWritten)
    : BatchEnded(Successful, Failed, TimedOut, Cancelled, Total, ElapsedMs, FilesCreated, LinesWritten);

/// <summary>The deadline passed; open executions ended with it.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchTimedOut")]
public sealed record BatchTimedOut(
    int Successful, int Failed, int TimedOut, int Cancelled, int Total, long ElapsedMs, int FilesCreated, int LinesWritten)
    : BatchEnded(Successful, Failed, TimedOut, Cancelled, Total, ElapsedMs, FilesCreated, LinesWritten);

/// <summary>Cancelled; open executions ended with it.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchCancelled")]
public sealed record BatchCancelled(
    int Successful, int Failed, int TimedOut, int Cancelled, int Total, long ElapsedMs, int FilesCreated, int LinesWritten)
    : BatchEnded(Successful, Failed, TimedOut, Cancelled, Total, ElapsedMs, FilesCreated, LinesWritten);
