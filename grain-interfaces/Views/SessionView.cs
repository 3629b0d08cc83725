using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Named;
using ToolRuntime.Tools;

namespace ToolRuntime.Views;

/// <summary>What a snapshot holds and what folding all events gives. <c>LeftOut</c>: what a snapshot has no room for.</summary>
public sealed record SessionView(
    JsonText Parameters, string Owner, ImmutableArray<string> Members,
    ImmutableArray<MessageView> Messages, ImmutableDictionary<string, BatchView> Batches, ImmutableDictionary<string, ExecutionView> Executions,
    LeftOutView? LeftOut = null, string? Title = null, ImmutableArray<NamedProcessView>? Processes = null);

/// <summary>How many of each a snapshot leaves out.</summary>
public sealed record LeftOutView(int? Messages = null, int? Batches = null, int? Executions = null);

/// <summary>
/// A message in the view. <c>RoundOffset</c>: bytes of its text before the current round's. <c>TextOffset</c>: bytes of its text that a snapshot leaves out, before <c>Text</c>.
/// <c>Reasoning</c>: what the model thought in the current round, where that is shown.
/// </summary>
public sealed record MessageView(
    string Id, string Role, string Text, MessageStatus State, DateTimeOffset At, ImmutableArray<string> Batches,
    string? Model = null, int? Round = null, string? By = null, bool? Edited = null, bool? Deleted = null,
    ToolError? Error = null, TokenUsage? Usage = null, long? RoundOffset = null, bool? Paused = null, long? TextOffset = null, string? Reasoning = null);

/// <summary>
/// A batch in the view; <c>Failed</c> counts failed, timed out and cancelled executions. <c>LeftOut</c>: how many executions a snapshot has no room for.
/// <c>ApprovalDeadline</c>: until when it waits while it waits only for people.
/// </summary>
public sealed record BatchView(
    BatchStatus State, int Total, int Completed, int Failed, int Executing, int Pending, DateTimeOffset StartedAt, ImmutableArray<string> Executions,
    string? MessageId = null, DateTimeOffset? Deadline = null, DateTimeOffset? EndedAt = null, BatchProgressView? Progress = null,
    int? LeftOut = null, DateTimeOffset? ApprovalDeadline = null, JobInfo? Job = null);

/// <summary>The last <c>batch.progress</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchProgressView")]
public sealed record BatchProgressView(double Percent, long ElapsedMs, long? EtaMs = null);

/// <summary>An execution in the view. <c>Shortened</c>: which of <c>arguments</c>, <c>result</c> and the progress's <c>details</c> are not whole. <c>Tool</c>: the fallback that runs, ran or is next, instead of the tool that was called. <c>Turns</c>: the newest at its terminal.</summary>
public sealed record ExecutionView(
    string BatchId, string CallId, int Index, string Name, JsonText Arguments, ExecutionStatus State, int Attempt, OutputView Output,
    ProgressView? Progress = null, bool? Suspended = null, JsonText? Result = null, ToolError? Error = null, string? Summary = null,
    DateTimeOffset? StartedAt = null, long? ElapsedMs = null, ToolMetrics? Metrics = null, bool? Input = null,
    ImmutableArray<string>? Shortened = null, bool? Ending = null, string? Tool = null, TerminalView? Terminal = null,
    ImmutableArray<TerminalTurn>? Turns = null);

/// <summary>An execution's terminal: its size, and who types into it, if anybody has.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.TerminalView")]
public sealed record TerminalView(int Cols, int Rows, string? By = null, string? As = null);

/// <summary>The last <c>tool.progress</c> of the attempt.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProgressView")]
public sealed record ProgressView(string Stage, double? Percent = null, string? Message = null, JsonText? Details = null);

/// <summary>The kept output of the current attempt.</summary>
public sealed record OutputView(StreamView? Stdout = null, StreamView? Stderr = null, StreamView? Result = null, StreamView? Terminal = null);

/// <summary>
/// The last 64 KB of a stream; <c>Offset</c> is where <c>Text</c> begins, in bytes. <c>Dropped</c> is what the gaps in it amount to.
/// <c>Modes</c>: of a terminal, what it has been told in what comes before the text (<see cref="TerminalModes"/>).
/// </summary>
public sealed record StreamView(string Text, long Offset, long? Dropped = null, ImmutableArray<GapView>? Gaps = null, string? Modes = null)
{
    /// <summary>The same with only the end of its text, which so many bytes of it come before.</summary>
    public StreamView From(string text, int before)
    {
        if (before == 0) return this with { Text = text };
        var gaps = Gaps is { } all ? all.Where(gap => gap.At > before).Select(gap => gap with { At = gap.At - before }).ToImmutableArray() : [];
        var dropped = gaps.Sum(gap => gap.Bytes);
        return new(text, Offset + before + (Dropped ?? 0) - dropped, dropped == 0 ? null : dropped, gaps.IsEmpty ? null : gaps, Modes);
    }
}

/// <summary>Bytes of a stream that are not kept, behind so many bytes of the text in UTF-8.</summary>
public sealed record GapView(long At, long Bytes);
