using System.Text.Json.Serialization;

namespace ToolRuntime.Events;

/// <summary>
/// What happened in a session, as clients get it. Numbered without holes from 1 within an epoch; committed to the session's log before anyone sees it.
/// Serialise through this type, else the discriminator <c>type</c> is missing.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(SessionConfigured), "session.configured")]
[JsonDerivedType(typeof(SessionShared), "session.shared")]
[JsonDerivedType(typeof(SessionReset), "session.reset")]
[JsonDerivedType(typeof(SessionRenamed), "session.renamed")]
[JsonDerivedType(typeof(MessageCreated), "message.created")]
[JsonDerivedType(typeof(MessageStarted), "message.started")]
[JsonDerivedType(typeof(MessageDelta), "message.delta")]
[JsonDerivedType(typeof(MessageReasoning), "message.reasoning")]
[JsonDerivedType(typeof(MessageCompleted), "message.completed")]
[JsonDerivedType(typeof(MessageFailed), "message.failed")]
[JsonDerivedType(typeof(MessageEdited), "message.edited")]
[JsonDerivedType(typeof(MessageDeleted), "message.deleted")]
[JsonDerivedType(typeof(ConversationStateChanged), "conversation.state")]
[JsonDerivedType(typeof(BatchStarted), "batch.started")]
[JsonDerivedType(typeof(BatchProgressed), "batch.progress")]
[JsonDerivedType(typeof(BatchPaused), "batch.paused")]
[JsonDerivedType(typeof(BatchResumed), "batch.resumed")]
[JsonDerivedType(typeof(BatchCompleted), "batch.completed")]
[JsonDerivedType(typeof(BatchFailed), "batch.failed")]
[JsonDerivedType(typeof(BatchTimedOut), "batch.timeout")]
[JsonDerivedType(typeof(BatchCancelled), "batch.cancelled")]
[JsonDerivedType(typeof(ToolApprovalRequired), "tool.approval_required")]
[JsonDerivedType(typeof(ToolApproved), "tool.approved")]
[JsonDerivedType(typeof(ToolStarted), "tool.started")]
[JsonDerivedType(typeof(ToolProgressed), "tool.progress")]
[JsonDerivedType(typeof(ToolOutput), "tool.output")]
[JsonDerivedType(typeof(ToolWaiting), "tool.waiting")]
[JsonDerivedType(typeof(ToolResized), "tool.resized")]
[JsonDerivedType(typeof(ToolTaken), "tool.taken")]
[JsonDerivedType(typeof(ToolTurned), "tool.turn")]
[JsonDerivedType(typeof(ToolSuspended), "tool.suspended")]
[JsonDerivedType(typeof(ToolContinued), "tool.continued")]
[JsonDerivedType(typeof(ToolEnding), "tool.ending")]
[JsonDerivedType(typeof(ToolRetried), "tool.retry")]
[JsonDerivedType(typeof(ToolCompleted), "tool.completed")]
[JsonDerivedType(typeof(ToolFailed), "tool.failed")]
[JsonDerivedType(typeof(ToolTimedOut), "tool.timeout")]
[JsonDerivedType(typeof(ToolCancelled), "tool.cancelled")]
[JsonDerivedType(typeof(ProcessDefined), "process.defined")]
[JsonDerivedType(typeof(ProcessChanged), "process.changed")]
[JsonDerivedType(typeof(ProcessRemoved), "process.removed")]
[GenerateSerializer, Immutable, Alias("toolruntime.SessionEvent")]
public abstract record SessionEvent
{
    /// <summary>Position in the session's log; 1 is the first.</summary>
    [Id(0), JsonPropertyOrder(-9)]
    public long Seq { get; init; }

    /// <summary>When it was decided, UTC, milliseconds.</summary>
    [Id(1), JsonPropertyOrder(-8)]
    public DateTimeOffset At { get; init; }

    /// <summary>The message concerned, where there is one.</summary>
    [Id(2), JsonPropertyOrder(-7)]
    public string? MessageId { get; init; }

    /// <summary>The batch concerned, where there is one.</summary>
    [Id(3), JsonPropertyOrder(-6)]
    public string? BatchId { get; init; }

    /// <summary>The execution concerned, where there is one.</summary>
    [Id(4), JsonPropertyOrder(-5)]
    public string? ExecutionId { get; init; }

    /// <summary>The attempt concerned: of an execution, or of a reply's round.</summary>
    [Id(5), JsonPropertyOrder(-4)]
    public int? Attempt { get; init; }
}
