using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using Orleans.Concurrency;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>
/// What the grains of a session's messages, batches and executions, and their runners, ask of the session: to decide a trigger on the machine that it holds.
/// Answers come after the commit. Every call may be repeated: a trigger that has been applied, or is stale, changes nothing and gets the state as it is.
/// </summary>
[Alias("toolruntime.ISessionJournal")]
internal interface ISessionJournal : IGrainWithStringKey
{
    [Alias("ReportExecution"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<ExecutionReply> ReportExecutionAsync(string executionId, ExecutionTrigger trigger);

    [Alias("ReportBatch"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<BatchState?> ReportBatchAsync(string batchId, BatchTrigger trigger);

    [Alias("ReportMessage"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<MessageReply> ReportMessageAsync(string messageId, MessageTrigger trigger);

    /// <summary>A named process's time has come, perhaps; the process after it, or null where there is none.</summary>
    [Alias("ReportProcess"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<NamedProcess?> ReportProcessAsync(string name, NamedReport report);

    /// <summary>The conversation up to a reply's current round, or null if the reply is not waiting for its model.</summary>
    [Alias("GetPrompt"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<Prompt?> GetPromptAsync(string messageId, int round, int attempt);

    /// <summary>Wakes whatever is open; activation does the same, so that calling it is enough to recover a session.</summary>
    [Alias("Recover"), AlwaysInterleave]
    Task RecoverAsync();

    /// <summary>Has the session leave a silo that it does not belong to, once nothing of it is open.</summary>
    [Alias("Move"), AlwaysInterleave]
    Task MoveAsync();

    /// <summary>The incarnation of the silo that the session is on, as long as its log takes writes from there; null otherwise.</summary>
    [Alias("GetHolder"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<string?> GetHolderAsync();
}

/// <summary>Whether the trigger made a difference now, and the execution after it (null: it does not exist any more).</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionReply")]
internal sealed record ExecutionReply(bool Applied, ExecutionState? State);

/// <summary>Whether the trigger made a difference now, and the reply after it (null: it does not exist any more).</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageReply")]
internal sealed record MessageReply(bool Applied, MessageState? State);

/// <summary>What a model is asked. <c>Trace</c>: the <c>traceparent</c> of the command that asked for the reply.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.Prompt")]
internal sealed record Prompt(
    string Model, ImmutableArray<string>? Tools, ImmutableArray<PromptMessage> Messages, ModelSettings? Settings = null, string? Trace = null);

/// <summary>A message of a prompt; an assistant's may hold calls, each with its result, and what its model gave for itself.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.PromptMessage")]
internal sealed record PromptMessage(string Role, string Text, ImmutableArray<PromptCall> Calls, JsonText? Provided = null)
{
    // Made anew wherever the message goes.
    [NonSerialized] private ImmutableArray<ChatMessage> chat;

    /// <summary>The message as a chat client takes it; made once, and not to be changed.</summary>
    public ImmutableArray<ChatMessage> Chat => chat.IsDefault ? chat = ChatPrompts.Of(this) : chat;
}

/// <summary>A call and what came of it: a result, or a failure's text.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.PromptCall")]
internal sealed record PromptCall(string CallId, string Tool, JsonText Arguments, JsonText Result);
