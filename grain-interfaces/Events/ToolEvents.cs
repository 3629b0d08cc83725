using System.Text.Json.Serialization;
using ToolRuntime.Tools;

namespace ToolRuntime.Events;

/// <summary>
/// The execution waits for <c>tool.approve</c> or <c>tool.deny</c>; it holds no slot. While its batch waits for nothing else, it does so until <paramref name="Deadline"/>,
/// and the time for the work stands still.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolApprovalRequired")]
public sealed record ToolApprovalRequired(string Name, JsonText Arguments, string? Reason = null, DateTimeOffset? Deadline = null) : SessionEvent;

/// <summary>The execution may start. <paramref name="Deadline"/>: the batch's from now on, where it had waited only for people.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolApproved")]
public sealed record ToolApproved(string Name, JsonText Arguments, string? Reason = null, string? By = null, DateTimeOffset? Deadline = null) : SessionEvent;

/// <summary>
/// An attempt begins; elapsed times count from here. <paramref name="Parallel"/> counts the batch's running executions, this one included.
/// <paramref name="Tool"/>: which tool runs, of a call whose tool has fallbacks; absent where only <paramref name="Name"/> can.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolStarted")]
public sealed record ToolStarted(string Name, int Parallel, string? Tool = null) : SessionEvent;

/// <summary>A measured step of the attempt; at most ten a second, the latest wins.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolProgressed")]
public sealed record ToolProgressed(string Stage, double? Percent = null, string? Message = null, JsonText? Details = null) : SessionEvent;

/// <summary>Output of the attempt. <paramref name="Offset"/> counts the stream's bytes; text is whole UTF-8 characters, anything else comes as base64.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolOutput")]
public sealed record ToolOutput(OutputStream Stream, long Offset, string? Text = null, string? Base64 = null, long? Dropped = null) : SessionEvent;

/// <summary>The attempt is under way but has been silent for a minute.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolWaiting")]
public sealed record ToolWaiting(long ElapsedMs, string Message) : SessionEvent;

/// <summary>The attempt's processes are stopped; its time-out is frozen.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolSuspended")]
public sealed record ToolSuspended : SessionEvent;

/// <summary>The attempt goes on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolContinued")]
public sealed record ToolContinued : SessionEvent;

/// <summary>
/// The attempt failed and another follows after <paramref name="DelayMs"/>. <paramref name="Metrics"/>: what it did, where it had processes that were counted.
/// <paramref name="Tool"/>: the fallback that is tried next; absent where the same tool is.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolRetried")]
public sealed record ToolRetried(long DelayMs, ToolError Error, ToolMetrics? Metrics = null, string? Tool = null) : SessionEvent;

/// <summary>The attempt is being ended, its processes first: what <paramref name="Error"/> says becomes its outcome when nothing of it runs any more, or can't be ended.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolEnding")]
public sealed record ToolEnding(ToolError Error) : SessionEvent;

/// <summary>The execution succeeded.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolCompleted")]
public sealed record ToolCompleted(string Summary, JsonText Result, long ElapsedMs, ToolMetrics Metrics) : SessionEvent;

/// <summary>The execution failed.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolFailed")]
public sealed record ToolFailed(ToolError Error, long ElapsedMs, ToolMetrics Metrics) : SessionEvent;

/// <summary>The execution ran out of time: its attempt's or its batch's.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolTimedOut")]
public sealed record ToolTimedOut(ToolError Error, long ElapsedMs, ToolMetrics Metrics) : SessionEvent;

/// <summary>The execution was cancelled.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolCancelled")]
public sealed record ToolCancelled(ToolError Error, long ElapsedMs, ToolMetrics Metrics) : SessionEvent;

/// <summary>The attempt's terminal has another size.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolResized")]
public sealed record ToolResized(int Cols, int Rows, string By) : SessionEvent;

/// <summary>Who types into the attempt's terminal from now on; what others type is refused until they take it. <paramref name="As"/> tells the windows of one subject apart.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolTaken")]
public sealed record ToolTaken(string By, string? As = null) : SessionEvent;

/// <summary>A turn at the attempt's terminal has begun or gone on; <paramref name="Turn"/> takes the place of what was said of the same one before.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolTurned")]
public sealed record ToolTurned(TerminalTurn Turn) : SessionEvent;

/// <summary>Where output was written.</summary>
[GenerateSerializer, Alias("toolruntime.OutputStream")]
[JsonConverter(typeof(WireEnumConverter<OutputStream>))]
public enum OutputStream
{
    /// <summary>A process's standard output.</summary>
    Stdout,

    /// <summary>A process's standard error.</summary>
    Stderr,

    /// <summary>A tool's result as it grows.</summary>
    Result,

    /// <summary>What a terminal shows, control sequences and the echo of what is typed included.</summary>
    Terminal,
}

/// <summary>What an execution did, measured.</summary>
/// <param name="OutputBytes">Bytes written to its output streams, dropped ones included.</param>
/// <param name="DroppedBytes">Bytes counted but not kept.</param>
/// <param name="FilesCreated">Files that did not exist before.</param>
/// <param name="LinesWritten">Lines written to files.</param>
/// <param name="ApiCalls">Calls to services outside.</param>
/// <param name="Cached">True where the result was that of an earlier equal call; absent otherwise.</param>
/// <param name="AgeMs">How old a cached result was.</param>
/// <param name="PeakMemoryBytes">The most memory that its processes had at a time; absent where it started none, or nobody counts.</param>
/// <param name="CpuMs">Processor time of its processes, milliseconds; absent likewise.</param>
/// <param name="BytesIn">Bytes that the tool itself, not its processes, took in from services and files; absent where that were none.</param>
/// <param name="BytesOut">Bytes that it gave out to them; absent likewise.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolMetrics")]
public sealed record ToolMetrics(
    long OutputBytes = 0, long DroppedBytes = 0, int FilesCreated = 0, int LinesWritten = 0, int ApiCalls = 0, bool? Cached = null, long? AgeMs = null,
    long? PeakMemoryBytes = null, long? CpuMs = null, long? BytesIn = null, long? BytesOut = null)
{
    /// <summary>Nothing was done.</summary>
    public static ToolMetrics None { get; } = new();
}
