using System.Collections.Immutable;
using ToolRuntime.Events;

namespace ToolRuntime.Views;

/// <summary>What a snapshot holds and what folding all events gives.</summary>
public sealed record SessionView(
    JsonText Parameters, string Owner, ImmutableArray<string> Members,
    ImmutableArray<MessageView> Messages, ImmutableDictionary<string, BatchView> Batches, ImmutableDictionary<string, ExecutionView> Executions);

/// <summary>A message in the view. <c>RoundOffset</c>: bytes of <c>Text</c> before the current round's text. <c>Reasoning</c>: what the model thought in the current round, where that is shown.</summary>
public sealed record MessageView(
    string Id, string Role, string Text, MessageStatus State, DateTimeOffset At, ImmutableArray<string> Batches,
    string? Model = null, int? Round = null, string? By = null, bool? Edited = null, bool? Deleted = null,
    ToolError? Error = null, TokenUsage? Usage = null, long? RoundOffset = null, bool? Paused = null, string? Reasoning = null);

/// <summary>A batch in the view; <c>Failed</c> counts failed, timed out and cancelled executions.</summary>
public sealed record BatchView(
    BatchStatus State, int Total, int Completed, int Failed, int Executing, int Pending, DateTimeOffset StartedAt, ImmutableArray<string> Executions,
    string? MessageId = null, DateTimeOffset? Deadline = null, DateTimeOffset? EndedAt = null, BatchProgressView? Progress = null);

/// <summary>The last <c>batch.progress</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchProgressView")]
public sealed record BatchProgressView(double Percent, long ElapsedMs, long? EtaMs = null);

/// <summary>An execution in the view.</summary>
public sealed record ExecutionView(
    string BatchId, string CallId, int Index, string Name, JsonText Arguments, ExecutionStatus State, int Attempt, OutputView Output,
    ProgressView? Progress = null, bool? Suspended = null, JsonText? Result = null, ToolError? Error = null, string? Summary = null,
    DateTimeOffset? StartedAt = null, long? ElapsedMs = null, ToolMetrics? Metrics = null, bool? Input = null, bool? Ending = null);

/// <summary>The last <c>tool.progress</c> of the attempt.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProgressView")]
public sealed record ProgressView(string Stage, double? Percent = null, string? Message = null, JsonText? Details = null);

/// <summary>The kept output of the current attempt.</summary>
public sealed record OutputView(StreamView? Stdout = null, StreamView? Stderr = null, StreamView? Result = null);

/// <summary>The last 64 KB of a stream; <c>Offset</c> is where <c>Text</c> begins, in bytes.</summary>
public sealed record StreamView(string Text, long Offset, long? Dropped = null);
