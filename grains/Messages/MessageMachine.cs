using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Machines;
using static ToolRuntime.Events.MessageStatus;
using static ToolRuntime.Messages.MessageTriggerKind;

namespace ToolRuntime.Messages;

/// <summary>The machine of a reply. Pure. Its batch and executions end before it, in the same append.</summary>
internal static class MessageMachine
{
    public const int MaxRounds = 16;

    public const int MaxAttempts = 2;

    /// <summary>What is kept of a round's thinking, in bytes.</summary>
    public const int MaxReasoning = 65_536;

    /// <summary>Every legal pair; a final state ignores everything but a retry, anything else is refused.</summary>
    internal static readonly TransitionTable<MessageStatus, MessageTriggerKind> Table = new()
    {
        { Queued, Activate, Active },
        { Active, Delta, Active },
        { Active, Reasoning, Active },
        { Active, AskForTools, PausedForTools, Error },
        { PausedForTools, BatchOver, Resuming },
        { Resuming, HandOver, Active },
        { Active, Finish, Completed },
        { Active, ModelFailed, Active, Error },
        { Active, ModelLost, Active, Error },
        { Resuming, ModelFailed, Error },
        { Error, Retry, Active },
        { Queued, Cancel, Cancelled },
        { Active, Cancel, Cancelled },
        { PausedForTools, Cancel, Cancelled },
        { Resuming, Cancel, Cancelled },
        { Queued, Pause, Queued },
        { Queued, Resume, Queued },
        { Queued, MaxPauseElapsed, Queued },
        { Active, Pause, Active },
        { Active, Resume, Active },
        { Active, MaxPauseElapsed, Active },
        { PausedForTools, Pause, PausedForTools },
        { PausedForTools, Resume, PausedForTools },
        { PausedForTools, MaxPauseElapsed, PausedForTools },
        { Resuming, Pause, Resuming },
        { Resuming, Resume, Resuming },
        { Resuming, MaxPauseElapsed, Resuming },
    };

    public static Decision Decide(MessageState state, MessageTrigger trigger, string model)
    {
        if (state.IsFinal && trigger.Kind != Retry) return Decision.None;
        if (trigger.Round is { } round && round != state.Round) return Decision.None;
        if (trigger.Attempt is { } attempt && attempt != state.Attempt) return Decision.None;
        if (!Table.Allows(state.Status, trigger.Kind)) return Decision.Illegal(state.Status, trigger.Kind);
        return trigger switch
        {
            ActivateReply or ReplyHandOver when state.Paused => Decision.None,
            ActivateReply => Emit(state, To(state, Active), Started(model, 1, 1)),
            ReplyDelta d => DecideDelta(state, d),
            ReplyReasoning r => DecideReasoning(state, r),
            ReplyAsksForTools => state.Round >= MaxRounds
                ? Fail(state, new(ToolErrorCodes.TooManyRounds, $"The reply took more than {MaxRounds} rounds of tools."), recoverable: false)
                : Emit(state, To(state, PausedForTools)),
            ReplyBatchEnded => Emit(state, To(state, Resuming)),
            ReplyHandOver => Emit(state, To(state, Active), Started(model, state.Round + 1, 1)),
            ReplyFinished f => Emit(state, new MessageCompleted(state.Text, f.FinishReason, Sum(state.Usage, f.Usage)), To(state, Completed)),
            ReplyModelFailed f => f.TryAgain && state.Status == Active && AttemptsLeft(state)
                ? Emit(state, Started(model, state.Round, state.Attempt + 1))
                : Fail(state, f.Error, f.Error.Retryable),
            ReplyModelLost => AttemptsLeft(state)
                ? Emit(state, Started(model, state.Round, state.Attempt + 1))
                : Fail(state, new(ToolErrorCodes.ModelFailed, "The process that asked the model is gone.", true), recoverable: true),
            RetryReply => state.Recoverable
                ? Emit(state, To(state, Active), Retried(state, model))
                : Decision.Refuse(ErrorCode.Conflict, "The reply failed for good."),
            CancelReply c => Emit(state, To(state, Cancelled, c.Reason)),
            PauseReply p => state.Paused ? Decision.Refuse(ErrorCode.Conflict, "The reply is paused already.") : Hold(state, true, $"Paused by {p.By}."),
            ResumeReply r => state.Paused ? Hold(state, false, $"Resumed by {r.By}.") : Decision.Refuse(ErrorCode.Conflict, "The reply is not paused."),
            ReplyPauseElapsed e => state.Paused && e.Since == state.PausedAt ? Hold(state, false, "The longest pause is over.") : Decision.None,
            _ => throw new InvalidOperationException($"{trigger.Kind} has no rule."),
        };
    }

    public static MessageState Evolve(MessageState state, SessionEvent happened) => happened switch
    {
        ConversationStateChanged e => EvolvePause(state with { Status = e.To, Recoverable = e.Recoverable ?? false, Error = e.To == Error ? state.Error : null }, e),
        MessageStarted e => EvolveStarted(state, e),
        MessageDelta e => EvolveDelta(state, e),
        MessageReasoning e => EvolveReasoning(state, e),
        BatchStarted e => state with { Batches = state.Batches.Add(e.BatchId!) },
        MessageCompleted e => state with { Text = e.Text, Usage = e.Usage },
        MessageFailed e => state with { Error = e.Error },
        MessageEdited e => state with { Text = e.Text, Edited = true, Provided = null },
        MessageDeleted => state with { Text = "", Reasoning = "", ReasoningBytes = 0, Deleted = true, Provided = null, Batches = [], Error = null },
        _ => state,
    };

    public static TokenUsage? Sum(TokenUsage? sum, TokenUsage? more) => (sum, more) switch
    {
        (null, _) => more,
        (_, null) => sum,
        _ => new(sum.InputTokens + more.InputTokens, sum.OutputTokens + more.OutputTokens, sum.TotalTokens is null && more.TotalTokens is null ? null : (sum.TotalTokens ?? 0) + (more.TotalTokens ?? 0)),
    };

    private static Decision DecideDelta(MessageState state, ReplyDelta delta) =>
        delta.Offset < state.RoundBytes ? Decision.None : Emit(state, new MessageDelta(delta.OfRound, delta.Offset, delta.Text) { Attempt = state.Attempt });

    private static Decision DecideReasoning(MessageState state, ReplyReasoning thought) =>
        thought.Offset < state.ReasoningBytes || state.ReasoningBytes >= MaxReasoning
            ? Decision.None
            : Emit(state, new MessageReasoning(thought.OfRound, thought.Offset, thought.Text) { Attempt = state.Attempt });

    private static MessageState EvolveStarted(MessageState state, MessageStarted e)
    {
        var sameRound = e.Round == state.Round && !state.RoundStarts.IsEmpty;
        var start = sameRound ? state.RoundStarts[^1] : state.Text.Length;
        return state with
        {
            Model = e.Model,
            Round = e.Round,
            Attempt = e.Attempt ?? 1,
            Text = state.Text[..start],
            RoundStarts = sameRound ? state.RoundStarts : state.RoundStarts.Add(start),
            RoundOffset = sameRound ? state.RoundOffset : Encoding.UTF8.GetByteCount(state.Text),
            RoundBytes = 0,
            Reasoning = "",
            ReasoningBytes = 0,
        };
    }

    private static MessageState EvolvePause(MessageState state, ConversationStateChanged e)
    {
        var paused = !state.IsFinal && (e.Paused ?? state.Paused);
        return paused == state.Paused ? state : state with { Paused = paused, PausedAt = paused ? e.At : null };
    }

    /// <summary>Adds what is new of a delta; bytes before the end of the round's text are there already.</summary>
    private static MessageState EvolveDelta(MessageState state, MessageDelta e) => state with
    {
        Text = state.Text + New(e.Text, state.RoundBytes - e.Offset),
        RoundBytes = Math.Max(state.RoundBytes, e.Offset + Encoding.UTF8.GetByteCount(e.Text)),
    };

    private static MessageState EvolveReasoning(MessageState state, MessageReasoning e) => state with
    {
        Reasoning = state.Reasoning + New(e.Text, state.ReasoningBytes - e.Offset),
        ReasoningBytes = Math.Max(state.ReasoningBytes, e.Offset + Encoding.UTF8.GetByteCount(e.Text)),
    };

    private static string New(string text, long known)
    {
        var skip = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (known <= 0) break;
            known -= rune.Utf8SequenceLength;
            skip += rune.Utf16SequenceLength;
        }

        return text[skip..];
    }

    private static Decision Fail(MessageState state, ToolError error, bool recoverable) =>
        Emit(state, new MessageFailed(error), To(state, Error, error.Code) with { Recoverable = recoverable });

    private static ConversationStateChanged To(MessageState state, MessageStatus to, string? reason = null) => new(to, state.Status, reason);

    private static Decision Hold(MessageState state, bool paused, string reason) => Emit(state, To(state, state.Status, reason) with { Paused = paused });

    /// <summary>
    /// A person's retry begins another series of attempts; numbers go on within the round, so that what is left of an earlier attempt
    /// is stale.
    /// </summary>
    private static MessageStarted Retried(MessageState state, string model) =>
        Started(model, state.Batches.Length + 1, state.Round == state.Batches.Length + 1 ? state.Attempt + 1 : 1);

    private static bool AttemptsLeft(MessageState state) => state.Attempt % MaxAttempts != 0;

    private static MessageStarted Started(string model, int round, int attempt) => new(model, round) { Attempt = attempt };

    private static Decision Emit(MessageState state, params ReadOnlySpan<SessionEvent> events)
    {
        var stamped = new SessionEvent[events.Length];
        for (var i = 0; i < events.Length; i++) stamped[i] = events[i] with { MessageId = state.Id };
        return Decision.Emit(stamped);
    }
}
