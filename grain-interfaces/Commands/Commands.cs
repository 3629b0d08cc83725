using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.Jobs;

namespace ToolRuntime.Commands;

/// <summary>Merges parameters; <c>null</c> removes one. An <c>approvalRequired</c> that would gate nothing is refused.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ConfigureSession")]
public sealed record ConfigureSession(JsonText Parameters) : SessionCommand;

/// <summary>Names the session for all who see it; an empty title gives it back the one that its first message or its tools give it.</summary>
/// <param name="Title">At most 200 characters; blanks are joined.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.RenameSession")]
public sealed record RenameSession(string Title) : SessionCommand;

/// <summary>Sets the members besides the owner. Owner only.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ShareSession")]
public sealed record ShareSession(ImmutableArray<string> Subjects) : SessionCommand;

/// <summary>Cancels open work and drops messages and batches; what was stored of them is erased. Parameters, members and workspace stay.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ResetSession")]
public sealed record ResetSession : SessionCommand;

/// <summary>Cancels open work and removes the session with all that is stored of it, its workspace too. Owner only. Answers <c>{}</c>, also where there is no such session.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.DeleteSession")]
public sealed record DeleteSession : SessionCommand;

/// <summary>Adds a user's message and queues its reply. Answer: <c>{messageId, replyId, seq}</c>.</summary>
/// <param name="Text">Not empty.</param>
/// <param name="Model">The model to ask; default the session's parameter <c>model</c>, then the server's.</param>
/// <param name="Tools">The tools that the model may call; default all.</param>
/// <param name="Policy">What to do while another reply is open; default <see cref="QueuePolicy.Queue"/>.</param>
/// <param name="System">As in <see cref="ModelSettings"/>, also the next ones.</param>
/// <param name="Temperature">0 to 2.</param>
/// <param name="MaxOutputTokens">16 to 1,000,000.</param>
/// <param name="Reasoning">How much the model may think.</param>
/// <param name="ShowReasoning">Whether that is shown.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SendMessage")]
public sealed record SendMessage(
    string Text,
    string? Model = null,
    ImmutableArray<string>? Tools = null,
    QueuePolicy? Policy = null,
    string? System = null,
    double? Temperature = null,
    int? MaxOutputTokens = null,
    Effort? Reasoning = null,
    bool? ShowReasoning = null) : SessionCommand;

/// <summary>Replaces a message's text. Conflicts with an active reply.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.EditMessage")]
public sealed record EditMessage(string MessageId, string Text) : SessionCommand;

/// <summary>Erases a message's text. Conflicts with an active reply.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.DeleteMessage")]
public sealed record DeleteMessage(string MessageId) : SessionCommand;

/// <summary>Cancels a reply, with its batch and executions.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.CancelMessage")]
public sealed record CancelMessage(string MessageId) : SessionCommand;

/// <summary>Takes a failed, recoverable reply up again.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RetryMessage")]
public sealed record RetryMessage(string MessageId) : SessionCommand;

/// <summary>Pauses a reply: its open batch, and no further round.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.PauseMessage")]
public sealed record PauseMessage(string MessageId) : SessionCommand;

/// <summary>Lets a paused reply go on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ResumeMessage")]
public sealed record ResumeMessage(string MessageId) : SessionCommand;

/// <summary>Runs tools without a model. Refused whole if any call is wrong. Answer: <c>{batchId, executionIds, seq}</c>.</summary>
/// <param name="Calls">1 to 1,000.</param>
/// <param name="MaxWaitMs">The batch's deadline from now; 1 to 86,400,000, default 300,000.</param>
/// <param name="MaxParallel">Executions at a time; 1 to 1,000, default 16.</param>
/// <param name="OnFailure">What a failed execution means to its siblings; default <see cref="FailurePolicy.Continue"/>.</param>
/// <param name="Job">Has it run as a job.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.RunTools")]
public sealed record RunTools(
    ImmutableArray<ToolInvocation> Calls, int? MaxWaitMs = null, int? MaxParallel = null, FailurePolicy? OnFailure = null, JobRequest? Job = null) : SessionCommand;

/// <summary>One call of <see cref="RunTools"/>.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">Checked against its schema.</param>
/// <param name="CallId">The caller's own id, unique in the batch; made up if absent.</param>
/// <param name="TimeoutMs">Time-out of each attempt; 1 to 86,400,000, default the tool's.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolInvocation")]
public sealed record ToolInvocation(string Tool, JsonText Arguments, string? CallId = null, int? TimeoutMs = null);

/// <summary>Stops running processes of a batch and starts nothing.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.PauseBatch")]
public sealed record PauseBatch(string BatchId) : SessionCommand;

/// <summary>Lets a paused batch go on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ResumeBatch")]
public sealed record ResumeBatch(string BatchId) : SessionCommand;

/// <summary>Ends a batch and its open executions together.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.CancelBatch")]
public sealed record CancelBatch(string BatchId) : SessionCommand;

/// <summary>Ends one open execution.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.CancelTool")]
public sealed record CancelTool(string ExecutionId, string? Reason = null) : SessionCommand;

/// <summary>Lets an execution start that waits for approval.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ApproveTool")]
public sealed record ApproveTool(string ExecutionId, string? Reason = null) : SessionCommand;

/// <summary>Fails an execution that waits for approval, with <c>denied</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.DenyTool")]
public sealed record DenyTool(string ExecutionId, string? Reason = null) : SessionCommand;

/// <summary>
/// Types into a running execution that takes input. Nothing is logged; the same id types once while the session or the attempt is in memory.
/// Answers <c>{}</c>; <c>rate_limited</c>, with nothing taken, while 64 KB wait to be read.
/// </summary>
/// <param name="ExecutionId">An executing one; anything else is a <c>conflict</c>.</param>
/// <param name="Data">Text, at most 64 KB as UTF-8.</param>
/// <param name="End">True closes the input after <paramref name="Data"/>; a terminal's has no end.</param>
/// <param name="Base64">Bytes that are no text, after <paramref name="Data"/>.</param>
/// <param name="As">Which window of the subject types; for terminals.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.WriteInput")]
public sealed record WriteInput(string ExecutionId, string? Data = null, bool? End = null, string? Base64 = null, string? As = null) : SessionCommand;

/// <summary>Gives a running execution's terminal another size.</summary>
/// <param name="ExecutionId">One that has a terminal.</param>
/// <param name="Cols">1 to 1,000.</param>
/// <param name="Rows">1 to 1,000.</param>
/// <param name="As">As in <see cref="WriteInput"/>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ResizeTool")]
public sealed record ResizeTool(string ExecutionId, int Cols, int Rows, string? As = null) : SessionCommand;

/// <summary>Sends a signal to what the keys of a running execution's terminal reach.</summary>
/// <param name="ExecutionId">One that has a terminal.</param>
/// <param name="Signal">One of <see cref="Tools.TerminalSignals.Names"/>.</param>
/// <param name="As">As in <see cref="WriteInput"/>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SignalTool")]
public sealed record SignalTool(string ExecutionId, string Signal, string? As = null) : SessionCommand;

/// <summary>Types into a running execution's terminal from now on; whoever did so can't any more.</summary>
/// <param name="ExecutionId">One that has a terminal.</param>
/// <param name="As">As in <see cref="WriteInput"/>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.TakeTool")]
public sealed record TakeTool(string ExecutionId, string? As = null) : SessionCommand;

/// <summary>What a new message does while another reply is open.</summary>
[GenerateSerializer, Alias("toolruntime.QueuePolicy")]
[JsonConverter(typeof(WireEnumConverter<QueuePolicy>))]
public enum QueuePolicy
{
    /// <summary>Waits for its turn; up to 20 wait.</summary>
    Queue,

    /// <summary>Cancels the reply that is active and goes first; replies that wait go on waiting, behind it.</summary>
    Interrupt,

    /// <summary>Is refused with <c>conflict</c>.</summary>
    Reject,
}

/// <summary>What a failed execution means to its siblings.</summary>
[GenerateSerializer, Alias("toolruntime.FailurePolicy")]
[JsonConverter(typeof(WireEnumConverter<FailurePolicy>))]
public enum FailurePolicy
{
    /// <summary>Nothing.</summary>
    Continue,

    /// <summary>They are cancelled and the batch fails.</summary>
    CancelRest,
}
