using System.Collections.Immutable;
using ToolRuntime.Events;

namespace ToolRuntime.Messages;

/// <summary>What can happen to a reply.</summary>
[GenerateSerializer, Alias("toolruntime.MessageTriggerKind")]
internal enum MessageTriggerKind
{
    /// <summary>Its turn has come.</summary>
    Activate,
    Delta,
    Reasoning,
    AskForTools,
    BatchOver,

    /// <summary>The results are about to go to the model.</summary>
    HandOver,
    Finish,

    /// <summary>The model failed; another attempt may help.</summary>
    ModelFailed,

    /// <summary>The model's call is gone with its process.</summary>
    ModelLost,
    Retry,
    Cancel,

    /// <summary>No further round until it goes on.</summary>
    Pause,
    Resume,
    MaxPauseElapsed,
}

/// <summary>A trigger; what comes from a model's run carries its round and attempt, and a stale one is ignored.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageTrigger")]
internal abstract record MessageTrigger([property: Id(0)] MessageTriggerKind Kind, [property: Id(1)] int? Round = null, [property: Id(2)] int? Attempt = null);

[GenerateSerializer, Immutable, Alias("toolruntime.ActivateReply")]
internal sealed record ActivateReply() : MessageTrigger(MessageTriggerKind.Activate);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyDelta")]
internal sealed record ReplyDelta(int OfRound, int OfAttempt, long Offset, string Text) : MessageTrigger(MessageTriggerKind.Delta, OfRound, OfAttempt);

/// <summary>What the model thinks, where that is shown.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ReplyReasoning")]
internal sealed record ReplyReasoning(int OfRound, int OfAttempt, long Offset, string Text) : MessageTrigger(MessageTriggerKind.Reasoning, OfRound, OfAttempt);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyAsksForTools")]
internal sealed record ReplyAsksForTools(
    int OfRound, int OfAttempt, ImmutableArray<ModelCall> Calls, TokenUsage? Usage, JsonText? Provided = null)
    : MessageTrigger(MessageTriggerKind.AskForTools, OfRound, OfAttempt);

/// <summary>A call as the model made it; with a <paramref name="Fault"/> it does not run.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ModelCall")]
internal sealed record ModelCall(string CallId, string Tool, JsonText Arguments, ToolError? Fault = null);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyBatchEnded")]
internal sealed record ReplyBatchEnded() : MessageTrigger(MessageTriggerKind.BatchOver);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyHandOver")]
internal sealed record ReplyHandOver() : MessageTrigger(MessageTriggerKind.HandOver);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyFinished")]
internal sealed record ReplyFinished(int OfRound, int OfAttempt, string FinishReason, TokenUsage? Usage, JsonText? Provided = null)
    : MessageTrigger(MessageTriggerKind.Finish, OfRound, OfAttempt);

/// <summary><see cref="ToolError.Retryable"/> also says whether a final error is recoverable by a person's retry.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ReplyModelFailed")]
internal sealed record ReplyModelFailed(int OfRound, int OfAttempt, ToolError Error, bool TryAgain) : MessageTrigger(MessageTriggerKind.ModelFailed, OfRound, OfAttempt);

[GenerateSerializer, Immutable, Alias("toolruntime.ReplyModelLost")]
internal sealed record ReplyModelLost(int OfRound, int OfAttempt) : MessageTrigger(MessageTriggerKind.ModelLost, OfRound, OfAttempt);

[GenerateSerializer, Immutable, Alias("toolruntime.RetryReply")]
internal sealed record RetryReply() : MessageTrigger(MessageTriggerKind.Retry);

[GenerateSerializer, Immutable, Alias("toolruntime.CancelReply")]
internal sealed record CancelReply(string Reason) : MessageTrigger(MessageTriggerKind.Cancel);

[GenerateSerializer, Immutable, Alias("toolruntime.PauseReply")]
internal sealed record PauseReply(string By) : MessageTrigger(MessageTriggerKind.Pause);

[GenerateSerializer, Immutable, Alias("toolruntime.ResumeReply")]
internal sealed record ResumeReply(string By) : MessageTrigger(MessageTriggerKind.Resume);

/// <summary>The pause that began at <paramref name="Since"/> took as long as a pause may take.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ReplyPauseElapsed")]
internal sealed record ReplyPauseElapsed(DateTimeOffset Since) : MessageTrigger(MessageTriggerKind.MaxPauseElapsed);
