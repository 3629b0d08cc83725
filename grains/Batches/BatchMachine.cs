using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Machines;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;
using static ToolRuntime.Batches.BatchTriggerKind;
using static ToolRuntime.Views.BatchStatus;

namespace ToolRuntime.Batches;

/// <summary>The machine of a batch. Pure. The ends of its executions are decided before its own, in the same append.</summary>
internal static class BatchMachine
{
    /// <summary>Every legal pair; a final state ignores everything, anything else is refused.</summary>
    internal static readonly TransitionTable<BatchStatus, BatchTriggerKind> Table = new()
    {
        { Executing, Progress, Executing },
        { Paused, Progress, Paused },
        { Executing, Pause, Paused },
        { Paused, Resume, Executing },
        { Paused, MaxPauseElapsed, Executing },
        { Executing, AllFinal, Completed, BatchStatus.Failed },
        { Executing, RestCancelled, BatchStatus.Failed },
        { Executing, Cancel, Cancelled },
        { Paused, Cancel, Cancelled },
        { Executing, Deadline, TimedOut },
    };

    /// <summary>Figures go out at most this often.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    public static Decision Decide(BatchState state, BatchTrigger trigger, DateTimeOffset now, Func<string, ExecutionState?> execution)
    {
        if (state.IsFinal) return Decision.None;
        if (!Table.Allows(state.Status, trigger.Kind)) return Decision.Illegal(state.Status, trigger.Kind);
        return trigger.Kind switch
        {
            Progress => Of(state, BatchFigures.Of(state, now, execution)),
            Pause when state.Ending is not null => Decision.Refuse(ErrorCode.Conflict, "The batch is ending."),
            Pause => Of(state, new BatchPaused(trigger.By)),
            MaxPauseElapsed when state.Scheduled && now < state.Job?.NotBefore => Decision.None,
            Resume or MaxPauseElapsed => Of(state, new BatchResumed(trigger.By, state.Deadline + (now - (state.PausedAt ?? now)))),
            AllFinal => state.Counts.Completed > 0 ? Of(state, Completion(state, now)) : Of(state, Failure(state, now)),
            RestCancelled => Of(state, Failure(state, now)),
            Cancel => Of(state, Cancellation(state, now)),
            Deadline => now < state.Due ? Decision.None : Of(state, Expiry(state, now)),
            _ => throw new InvalidOperationException($"{trigger.Kind} has no rule."),
        };
    }

    public static BatchState Evolve(BatchState state, SessionEvent happened) => happened switch
    {
        BatchProgressed e => state with { ProgressAt = e.At, ProgressDue = false, Progress = new(e.Percent, e.ElapsedMs, e.EtaMs) },
        BatchPaused e => state with { Status = Paused, PausedAt = e.At },
        BatchResumed e => Resumed(state, e),
        BatchCompleted e => state with { Status = Completed, EndedAt = e.At, ProgressDue = false, Ending = null },
        BatchFailed e => state with { Status = BatchStatus.Failed, EndedAt = e.At, ProgressDue = false, Ending = null },
        BatchTimedOut e => state with { Status = TimedOut, EndedAt = e.At, ProgressDue = false, Ending = null },
        BatchCancelled e => state with { Status = Cancelled, EndedAt = e.At, ProgressDue = false, Ending = null },
        _ => state,
    };

    /// <summary>A pause takes nothing from the time that people have either.</summary>
    private static BatchState Resumed(BatchState state, BatchResumed e)
    {
        var pausedAt = state.PausedAt ?? e.At;
        return state with
        {
            Status = Executing,
            PausedAt = null,
            Scheduled = false,
            Deadline = e.Deadline ?? state.Deadline,
            ApprovalSince = state.ApprovalSince < pausedAt ? state.ApprovalSince + (e.At - pausedAt) : state.ApprovalSince is null ? null : e.At,
            ApprovalDeadline = state.ApprovalDeadline + ((e.Deadline ?? state.Deadline) - state.Deadline),
        };
    }

    /// <summary>The figures after one of the batch's executions went from one state to another, by an event.</summary>
    public static BatchState Moved(BatchState state, ExecutionState before, ExecutionState after, SessionEvent happened)
    {
        if (before.Status == after.Status) return after.Progress == before.Progress ? state : state with { ProgressDue = true };
        var counts = state.Counts.Move(before.Status, after.Status);
        if (after.IsFinal && after.Metrics is { } metrics)
        {
            counts = counts with { FilesCreated = counts.FilesCreated + metrics.FilesCreated, LinesWritten = counts.LinesWritten + metrics.LinesWritten };
            counts = counts.Add(metrics);
        }
        else if (happened is ToolRetried { Metrics: { } retried })
        {
            counts = counts.Add(retried);
        }

        return state with
        {
            Counts = counts,
            ProgressDue = true,
            BeganAt = state.BeganAt ?? (happened is ToolStarted ? happened.At : null),
            ApprovalSince = counts.WaitForPeople ? state.ApprovalSince ?? happened.At : null,
            ApprovalDeadline = happened is ToolApprovalRequired { Deadline: { } asked } ? asked : state.ApprovalDeadline,
            Deadline = happened is ToolApproved { Deadline: { } moved } ? moved : state.Deadline,
        };
    }

    /// <summary>
    /// The executions that hold a slot, in call order: those under way keep theirs, and the first pending ones have what is left of <see cref="BatchState.MaxParallel"/>.
    /// One that awaits approval holds none. So, whatever is approved when, no more than that run at a time.
    /// </summary>
    public static IEnumerable<ExecutionState> Slots(BatchState state, Func<string, ExecutionState?> execution)
    {
        if (state.Status != Executing) yield break;
        var (free, running) = (state.MaxParallel - state.Counts.Running, state.Counts.Running);
        foreach (var id in state.Executions)
        {
            if (free <= 0 && running == 0) yield break;
            if (execution(id) is not { } found) continue;
            if (found.Status is ExecutionStatus.Executing or ExecutionStatus.Backoff) running--;
            else if (found.Status != ExecutionStatus.Pending || free-- <= 0) continue;
            yield return found;
        }
    }

    /// <summary>Whether a pending execution may start.</summary>
    public static bool HoldsSlot(BatchState state, ExecutionState pending, Func<string, ExecutionState?> execution) =>
        state.Status == Executing
        && (state.Counts.Running + state.Counts.Pending <= state.MaxParallel || Slots(state, execution).Any(e => e.Id == pending.Id));

    private static Decision Of(BatchState state, SessionEvent happened) => Decision.Emit(
        (happened is BatchEnded ended ? Summed(ended, state.Counts) : happened) with { MessageId = state.MessageId, BatchId = state.Id });

    private static BatchEnded Summed(BatchEnded ended, BatchCounts counts) => ended with
    {
        PeakMemoryBytes = counts.PeakMemoryBytes,
        CpuMs = counts.CpuMs,
        ApiCalls = counts.ApiCalls,
        BytesIn = counts.BytesIn,
        BytesOut = counts.BytesOut,
    };

    private static BatchCompleted Completion(BatchState s, DateTimeOffset now) => new(
        s.Counts.Completed, s.Counts.Failed, s.Counts.TimedOut, s.Counts.Cancelled, s.Counts.Total, Elapsed(s, now), s.Counts.FilesCreated, s.Counts.LinesWritten);

    private static BatchFailed Failure(BatchState s, DateTimeOffset now) => new(
        s.Counts.Completed, s.Counts.Failed, s.Counts.TimedOut, s.Counts.Cancelled, s.Counts.Total, Elapsed(s, now), s.Counts.FilesCreated, s.Counts.LinesWritten);

    private static BatchTimedOut Expiry(BatchState s, DateTimeOffset now) => new(
        s.Counts.Completed, s.Counts.Failed, s.Counts.TimedOut, s.Counts.Cancelled, s.Counts.Total, Elapsed(s, now), s.Counts.FilesCreated, s.Counts.LinesWritten);

    private static BatchCancelled Cancellation(BatchState s, DateTimeOffset now) => new(
        s.Counts.Completed, s.Counts.Failed, s.Counts.TimedOut, s.Counts.Cancelled, s.Counts.Total, Elapsed(s, now), s.Counts.FilesCreated, s.Counts.LinesWritten);

    private static long Elapsed(BatchState state, DateTimeOffset now) => Math.Max(0, (long)(now - state.StartedAt).TotalMilliseconds);
}
