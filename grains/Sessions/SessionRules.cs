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
        if (!turn.State.Batches.TryGetValue(batchId, out var batch) || batch.Status != BatchStatus.Executing) return;
        if (batch.OnFailure == FailurePolicy.CancelRest && batch.Counts.Failed + batch.Counts.TimedOut > 0)
        {
            EndExecutions(turn, batch, new CancelExecution("A sibling failed."));
            EndBatch(turn, batchId, BatchTriggerKind.RestCancelled);
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

    /// <summary>Ends a batch and its open executions together.</summary>
    public static void CloseBatch(SessionTurn turn, BatchState batch, BatchTriggerKind how, string reason)
    {
        EndExecutions(turn, batch, how == BatchTriggerKind.Deadline ? new BatchExpired() : new CancelExecution(reason));
        EndBatch(turn, batch.Id, how);
    }

    /// <summary>Cancels a reply with its batch and executions, and lets the next one have its turn.</summary>
    public static void CancelReply(SessionTurn turn, MessageState reply, string reason)
    {
        var open = reply.Batches.LastOrDefault(turn.State.OpenBatches.Contains);
        if (open is not null)
        {
            EndExecutions(turn, turn.State.Batches[open], new CancelExecution(reason));
            EndBatch(turn, open, BatchTriggerKind.Cancel, resume: false);
        }

        turn.Trigger(turn.State.Messages[reply.Id], new CancelReply(reason));
    }

    /// <summary>Cancels all that is open, then drops it with everything else.</summary>
    public static void Reset(SessionTurn turn, string subject, EntryNote? note = null)
    {
        foreach (var id in turn.State.OpenReplies) CancelReply(turn, turn.State.Messages[id], $"Cancelled by {subject}.");
        foreach (var id in turn.State.OpenBatches) CloseBatch(turn, turn.State.Batches[id], BatchTriggerKind.Cancel, $"Cancelled by {subject}.");
        turn.Emit(new SessionReset(subject, turn.State.TitleOf is null ? null : ""), note);
    }

    /// <summary>Gives the turn to the first reply that waits, if nobody has it.</summary>
    public static void NextReply(SessionTurn turn)
    {
        MessageState? first = null;
        foreach (var id in turn.State.OpenReplies)
        {
            var reply = turn.State.Messages[id];
            if (reply.HoldsTurn) return;
            if (!reply.Paused) first ??= reply;
        }

        if (first is { Status: MessageStatus.Queued }) turn.Trigger(first, new ActivateReply());
    }

    private static void EndExecutions(SessionTurn turn, BatchState batch, ExecutionTrigger trigger)
    {
        foreach (var id in batch.Executions)
        {
            if (turn.State.Execution(id) is { IsFinal: false } open) turn.Trigger(open, trigger);
        }
    }

    private static void EndBatch(SessionTurn turn, string batchId, BatchTriggerKind how, bool resume = true)
    {
        turn.Trigger(turn.State.Batches[batchId], new BatchTrigger(BatchTriggerKind.Progress));
        turn.Trigger(turn.State.Batches[batchId], new BatchTrigger(how));
        if (!resume || turn.State.Batches[batchId].MessageId is not { } messageId) return;
        if (turn.State.Messages.GetValueOrDefault(messageId) is { Status: MessageStatus.PausedForTools } reply) turn.Trigger(reply, new ReplyBatchEnded());
    }
}
