using System.Text.Json.Serialization;

namespace ToolRuntime.Events;

/// <summary>A user's message was accepted. <paramref name="Title"/>: what the session is called from now on, where it is after this message.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageCreated")]
public sealed record MessageCreated(string Role, string Text, string By, string? Title = null) : SessionEvent;

/// <summary>The model was asked; voids the partial text of an earlier attempt of the same round.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageStarted")]
public sealed record MessageStarted(string Model, int Round) : SessionEvent;

/// <summary>More text of a reply; <paramref name="Offset"/> counts UTF-8 bytes within the round's attempt.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageDelta")]
public sealed record MessageDelta(int Round, long Offset, string Text) : SessionEvent;

/// <summary>More of what the model thinks, where that is shown; <paramref name="Offset"/> counts UTF-8 bytes within the round's attempt.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageReasoning")]
public sealed record MessageReasoning(int Round, long Offset, string Text) : SessionEvent;

/// <summary>The reply is whole; <paramref name="Text"/> is all of it, every round's.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageCompleted")]
public sealed record MessageCompleted(string Text, string FinishReason, TokenUsage? Usage = null) : SessionEvent;

/// <summary>The reply failed.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageFailed")]
public sealed record MessageFailed(ToolError Error) : SessionEvent;

/// <summary>A message's text was replaced; nothing runs again. <paramref name="Title"/>: the session's, where it was called after this message.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageEdited")]
public sealed record MessageEdited(string Text, string By, string? Title = null) : SessionEvent;

/// <summary>A message was deleted; its text, calls and outputs are erased from the store too. <paramref name="Title"/>: the session's, where it was called after this message; empty: it has none.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageDeleted")]
public sealed record MessageDeleted(string By, string? Title = null) : SessionEvent;

/// <summary>A reply's state; the first has no <paramref name="From"/> and creates the reply with the role <c>assistant</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ConversationStateChanged")]
public sealed record ConversationStateChanged(MessageStatus To, MessageStatus? From = null, string? Reason = null, bool? Recoverable = null, bool? Paused = null) : SessionEvent;

/// <summary>Tokens that a reply cost, as the provider counts them, summed over its rounds.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.TokenUsage")]
public sealed record TokenUsage(long InputTokens, long OutputTokens, long? TotalTokens = null);

/// <summary>The states of a reply.</summary>
[GenerateSerializer, Alias("toolruntime.MessageStatus")]
[JsonConverter(typeof(WireEnumConverter<MessageStatus>))]
public enum MessageStatus
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>The model writes.</summary>
    Active,

    /// <summary>The model asked for tools; their batch runs.</summary>
    PausedForTools,

    /// <summary>The batch has ended; its results go to the model.</summary>
    Resuming,

    /// <summary>Ended whole. Final.</summary>
    Completed,

    /// <summary>Failed; may be retried if recoverable.</summary>
    Error,

    /// <summary>Cancelled. Final.</summary>
    Cancelled,
}
