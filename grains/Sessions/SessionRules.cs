using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>What follows of itself: ends of batches, resuming of replies, the next reply's turn. Decided in the append of what caused it.</summary>
internal static class SessionRules
{
    /// <summary>Ends an execution's batch if it was the last one, and takes the reply on.</summary>
    public static void AfterExecution(SessionTurn turn, string batchId)
    {
        if (!turn.State.Batches.TryGetValue(batchId, out var batch) || batch.IsFinal) return;
        if (batch is { Ending: { } ending, AllFinal: true })
        {
            EndBatch(turn, batchId, ending.How, ending.Reply);
            NextReply(turn);
        }

        if (batch.Ending is not null || batch.Status != BatchStatus.Executing) return;
        if (batch.OnFailure == FailurePolicy.CancelRest && batch.Counts.Failed + batch.Counts.TimedOut > 0)
        {
            Close(turn, batch, BatchTriggerKind.RestCancelled, new CancelExecution("A sibling failed."));
        }
        else if (batch.AllFinal)
        {
            EndBatch(turn, batchId, BatchTriggerKind.AllFinal);
        }
        else if (batch.ProgressDue && turn.Now - batch.ProgressAt >= BatchMachine.ProgressInterval)
        {
            turn.Trigger(batch, new BatchTrigger(BatchTriggerKind.Progress));
        }
    }

    /// <summary>Ends a batch and its open executions; as soon as their processes are gone, or <paramref name="atOnce"/>.</summary>
    public static void CloseBatch(SessionTurn turn, BatchState batch, BatchTriggerKind how, string reason, bool atOnce = false) =>
        Close(turn, batch, how, how == BatchTriggerKind.Deadline ? new BatchExpired() : new CancelExecution(reason, atOnce));

    /// <summary>Ends a batch whose end is overdue, with whatever could not be ended.</summary>
    public static void GiveUp(SessionTurn turn, BatchState batch)
    {
        foreach (var id in batch.Executions)
        {
            if (turn.State.Execution(id) is { Ending: not null } open) turn.Trigger(open, new EndingElapsed(open.Attempt));
        }

        AfterExecution(turn, batch.Id);
    }

    /// <summary>Cancels a reply with its batch and executions; as soon as their processes are gone, or <paramref name="atOnce"/>.</summary>
    public static void CancelReply(SessionTurn turn, MessageState reply, string reason, bool atOnce = false)
    {
        if (reply.Batches.LastOrDefault(turn.State.OpenBatches.Contains) is { } open)
        {
            Close(turn, turn.State.Batches[open], BatchTriggerKind.Cancel, new CancelExecution(reason, atOnce), reason);
        }
        else
        {
            turn.Trigger(turn.State.Messages[reply.Id], new CancelReply(reason));
        }
    }

    /// <summary>Cancels all that is open.</summary>
    public static void CancelAll(SessionTurn turn, string subject, bool atOnce = false)
    {
        foreach (var id in turn.State.OpenReplies) CancelReply(turn, turn.State.Messages[id], $"Cancelled by {subject}.", atOnce);
        foreach (var id in turn.State.OpenBatches) CloseBatch(turn, turn.State.Batches[id], BatchTriggerKind.Cancel, $"Cancelled by {subject}.", atOnce);
    }

    /// <summary>Cancels all that is open, then drops it with everything else.</summary>
    public static void Reset(SessionTurn turn, string subject, EntryNote? note = null)
    {
        CancelAll(turn, subject, atOnce: true);
        turn.Emit(new SessionReset(subject, turn.State.TitleOf is null ? null : ""), note);
    }

    /// <summary>Gives the turn to the first reply that waits, if nobody has it; what interrupts goes before the others, the latest first.</summary>
    public static void NextReply(SessionTurn turn)
    {
        var (first, urgent) = ((MessageState?)null, (MessageState?)null);
        foreach (var id in turn.State.OpenReplies)
        {
            var reply = turn.State.Messages[id];
            if (reply.HoldsTurn) return;
            if (reply.Paused) continue;
            first ??= reply;
            if (reply.Interrupts) urgent = reply;
        }

        if ((urgent ?? first) is { Status: MessageStatus.Queued } next) turn.Trigger(next, new ActivateReply());
    }

    /// <summary>Ends the executions and, if none of them has processes to end first, the batch; what was decided about its end first stays.</summary>
    private static void Close(SessionTurn turn, BatchState batch, BatchTriggerKind how, ExecutionTrigger trigger, string? reply = null)
    {
        EndExecutions(turn, batch, trigger);
        batch = turn.State.Batches[batch.Id];
        var ending = batch.Ending ?? new(how, turn.Now);
        ending = ending with { Reply = ending.Reply ?? reply };
        if (batch.AllFinal) EndBatch(turn, batch.Id, ending.How, ending.Reply);
        else turn.Trigger(batch, new BatchTrigger(BatchTriggerKind.Progress), new EntryNote { Ending = ending });
    }

    private static void EndExecutions(SessionTurn turn, BatchState batch, ExecutionTrigger trigger)
    {
        foreach (var id in batch.Executions)
        {
            if (turn.State.Execution(id) is not { IsFinal: false } open) continue;
            if (open.Ending is not { IsTimeout: false } || trigger is CancelExecution { AtOnce: true }) turn.Trigger(open, trigger);
        }
    }

    private static void EndBatch(SessionTurn turn, string batchId, BatchTriggerKind how, string? cancelReply = null)
    {
        turn.Trigger(turn.State.Batches[batchId], new BatchTrigger(BatchTriggerKind.Progress));
        turn.Trigger(turn.State.Batches[batchId], new BatchTrigger(how));
        if (turn.State.Batches[batchId].MessageId is not { } messageId || turn.State.Messages.GetValueOrDefault(messageId) is not { } reply) return;
        if (cancelReply is not null) turn.Trigger(reply, new CancelReply(cancelReply));
        else if (reply.Status == MessageStatus.PausedForTools) turn.Trigger(reply, new ReplyBatchEnded());
    }
}
