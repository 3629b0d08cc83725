using ToolRuntime.Events;
using ToolRuntime.Machines;
using ToolRuntime.Views;
using static ToolRuntime.ToolExecutions.ExecutionTriggerKind;
using static ToolRuntime.Views.ExecutionStatus;

namespace ToolRuntime.ToolExecutions;

/// <summary>What an execution's decisions need from its batch.</summary>
/// <param name="Now">The time of the decision.</param>
/// <param name="BatchDeadline">When the batch's work has to be done.</param>
/// <param name="BatchPaused">Whether the batch is paused.</param>
/// <param name="Running">Executions of the batch that run.</param>
/// <param name="HoldsSlot">Whether it may start.</param>
/// <param name="DeadlineAfterApproval">What <paramref name="BatchDeadline"/> becomes once it is approved, where that is another.</param>
/// <param name="Granted">Whether people have said that its tool need not ask.</param>
internal readonly record struct ExecutionSurroundings(
    DateTimeOffset Now,
    DateTimeOffset BatchDeadline,
    bool BatchPaused,
    int Running,
    bool HoldsSlot,
    DateTimeOffset? DeadlineAfterApproval = null,
    bool Granted = false);

/// <summary>The machine of one tool call. Pure: no clock, no dice, no I/O.</summary>
internal static class ExecutionMachine
{
    private const double NoJitter = 0.5;

    /// <summary>Every legal pair; a final state ignores everything, anything else is refused.</summary>
    internal static readonly TransitionTable<ExecutionStatus, ExecutionTriggerKind> Table = new()
    {
        { Pending, Start, AwaitingApproval, Executing },
        { Pending, Refuse, ExecutionStatus.Failed },
        { AwaitingApproval, Approve, Pending },
        { AwaitingApproval, Deny, ExecutionStatus.Failed },
        { Executing, Progress, Executing },
        { Executing, Output, Executing },
        { Executing, Waiting, Executing },
        { Executing, Resize, Executing },
        { Executing, Take, Executing },
        { Executing, Turn, Executing },
        { Executing, Succeed, Completed, Backoff, Cancelled, ExecutionStatus.TimedOut },
        { Executing, Fail, Backoff, ExecutionStatus.Failed, Cancelled, ExecutionStatus.TimedOut },
        { Executing, AttemptTimeout, Executing, Backoff, ExecutionStatus.TimedOut },
        { Executing, ExecutionTriggerKind.RunnerLost, Backoff, ExecutionStatus.Failed, Cancelled, ExecutionStatus.TimedOut },
        { Executing, ExecutionTriggerKind.EndingElapsed, Cancelled, ExecutionStatus.TimedOut },
        { Executing, Suspend, Executing },
        { Executing, Continue, Executing },
        { Backoff, ExecutionTriggerKind.BackoffElapsed, Executing, AwaitingApproval },
        { Backoff, Refuse, ExecutionStatus.Failed },
        { Pending, Cancel, Cancelled },
        { AwaitingApproval, Cancel, Cancelled },
        { Executing, Cancel, Executing, Cancelled },
        { Backoff, Cancel, Cancelled },
        { Pending, ExecutionTriggerKind.BatchExpired, ExecutionStatus.TimedOut },
        { AwaitingApproval, ExecutionTriggerKind.BatchExpired, ExecutionStatus.TimedOut },
        { Executing, ExecutionTriggerKind.BatchExpired, Executing, ExecutionStatus.TimedOut },
        { Backoff, ExecutionTriggerKind.BatchExpired, ExecutionStatus.TimedOut },
    };

    public static Decision Decide(ExecutionState state, ExecutionTrigger trigger, ExecutionSurroundings around)
    {
        if (state.IsFinal) return Decision.None;
        if (trigger.Attempt is { } attempt && attempt != state.Attempt) return Decision.None;
        if (!Table.Allows(state.Status, trigger.Kind)) return Decision.Illegal(state.Status, trigger.Kind);
        if (state.Ending is { } ending && DecideWhileEnding(state, ending, trigger, around) is { } decided) return decided;
        return trigger switch
        {
            StartExecution => DecideStart(state, around),
            RefuseCall refused => End(state, new ToolFailed(Fallbacks.Told(state, refused.Error), 0, ToolMetrics.None)),
            ApproveExecution approved => Of(state, new ToolApproved(state.Runs, state.Arguments, approved.Reason, approved.By, around.DeadlineAfterApproval)),
            DenyExecution denied => End(state, new ToolFailed(Fallbacks.Told(state, new(ToolErrorCodes.Denied, denied.Reason ?? $"Denied by {denied.By}.")), Elapsed(state, around), SoFar(state))),
            ExecutionProgress p => Of(state, new ToolProgressed(p.Stage, p.Percent, p.Message, p.Details)),
            ExecutionOutput o => DecideOutput(state, o),
            TerminalResized r => state.Terminal is { } now && (now.Cols != r.Cols || now.Rows != r.Rows) ? Of(state, new ToolResized(r.Cols, r.Rows, r.By)) : Decision.None,
            TerminalTaken t => state.Terminal is { } now && (now.By != t.By || now.As != t.As) ? Of(state, new ToolTaken(t.By, t.As)) : Decision.None,
            ExecutionTurns t => Turns.Decide(state, t.Turns) is { Length: > 0 } told ? Decision.Emit([.. told.SelectMany(turn => Of(state, new ToolTurned(turn)).Events)]) : Decision.None,
            ExecutionWaiting w => Of(state, new ToolWaiting(w.ElapsedMs, w.Message)),
            ExecutionEnded { Error: null } e => End(state, new ToolCompleted(e.Summary, e.Result, Elapsed(state, around), Measured(state, e.Metrics))),
            ExecutionEnded { Error: { } error } e => DecideFailure(state, e, error, around),
            AttemptTimedOut t => DecideTimeout(state, t, around),
            ToolExecutions.RunnerLost lost => DecideRunnerLost(state, lost, around),
            ToolExecutions.BackoffElapsed => around.BatchPaused ? Decision.None : DecideAttempt(state, around),
            SuspendExecution => state.Suspended ? Decision.None : Of(state, new ToolSuspended()),
            ContinueExecution => state.Suspended ? Of(state, new ToolContinued()) : Decision.None,
            CancelExecution c => DecideStop(state, new(ToolErrorCodes.Cancelled, c.Reason), c.AtOnce, around),
            ToolExecutions.BatchExpired => DecideStop(state, new(ToolErrorCodes.BatchDeadline, "The batch's deadline passed."), atOnce: false, around),
            ToolExecutions.EndingElapsed => Decision.None,
            _ => throw new InvalidOperationException($"{trigger.Kind} has no rule."),
        };
    }

    /// <summary>What belongs to an earlier attempt changes nothing.</summary>
    public static ExecutionState Evolve(ExecutionState state, SessionEvent happened) => happened switch
    {
        { Attempt: { } attempt } when attempt < state.Attempt => state,
        ToolApprovalRequired => state with { Status = AwaitingApproval },
        ToolApproved => state with { Status = Pending, Approved = true },
        ToolStarted e => state with
        {
            Status = Executing,
            StartedSeq = e.Seq,
            Attempt = e.Attempt ?? 1,
            StartedAt = e.At,
            FirstStartedAt = state.FirstStartedAt ?? e.At,
            AttemptDeadline = state.Plan.DeadlineOf(e.At, state.FirstStartedAt ?? e.At),
            RetryAt = null,
            Suspended = false,
            SuspendedAt = null,
            Ending = null,
            Progress = null,
            Error = null,
            Kept = null,
            Stdout = null,
            Stderr = null,
            ResultStream = null,
            TerminalStream = null,
            Turns = null,
        },
        ToolProgressed e => state with { Progress = new(e.Stage, e.Percent, e.Message, e.Details) },
        ToolOutput e => EvolveOutput(state, e),
        ToolResized e => state with { Terminal = state.Terminal! with { Cols = e.Cols, Rows = e.Rows } },
        ToolTaken e => state with { Terminal = state.Terminal! with { By = e.By, As = e.As } },
        ToolTurned e => state with { Turns = Turns.Evolve(state, e) },
        ToolSuspended e => state with { Suspended = true, SuspendedAt = e.At },
        ToolContinued e => state with
        {
            Suspended = false,
            SuspendedAt = null,
            AttemptDeadline = state.AttemptDeadline + (e.At - state.SuspendedAt),
            FirstStartedAt = state.FirstStartedAt + (e.At - state.SuspendedAt),
        },
        ToolEnding e => state with { Ending = new(e.Error, state.Ending?.Since ?? e.At) },
        ToolRetried e => (e.Tool is { } next ? Fallbacks.TakeOver(state, next, e.Error) : state) with
        {
            Status = Backoff,
            RetryAt = e.At.AddMilliseconds(e.DelayMs),
            Suspended = false,
            SuspendedAt = null,
            Ending = null,
            Error = e.Error,
        },
        ToolCompleted e => Ended(state, Completed) with { Result = e.Result, Summary = e.Summary, ElapsedMs = e.ElapsedMs, Metrics = e.Metrics, Error = null },
        ToolFailed e => Ended(state, ExecutionStatus.Failed) with { Error = e.Error, ElapsedMs = e.ElapsedMs, Metrics = e.Metrics },
        ToolTimedOut e => Ended(state, ExecutionStatus.TimedOut) with { Error = e.Error, ElapsedMs = e.ElapsedMs, Metrics = e.Metrics },
        ToolCancelled e => Ended(state, Cancelled) with { Error = e.Error, ElapsedMs = e.ElapsedMs, Metrics = e.Metrics },
        _ => state,
    };

    private static Decision DecideStart(ExecutionState state, ExecutionSurroundings around)
    {
        if (around.BatchPaused || !around.HoldsSlot) return Decision.None;
        return DecideAttempt(state, around);
    }

    /// <summary>The next attempt, unless its tool has to be approved first; a fallback by itself, whatever was said of the tool before it.</summary>
    private static Decision DecideAttempt(ExecutionState state, ExecutionSurroundings around) => state.Plan.NeedsApproval && !state.Approved && !around.Granted
        ? Of(state, new ToolApprovalRequired(state.Runs, state.Arguments, Deadline: ApprovalDeadline(state, around)))
        : Of(state, new ToolStarted(state.Name, around.Running + 1, Fallbacks.Named(state)), state.Attempt + 1);

    /// <summary>Until when it may be approved, if nothing else of its batch is to be done; never earlier than the work's deadline.</summary>
    private static DateTimeOffset? ApprovalDeadline(ExecutionState state, ExecutionSurroundings around) =>
        state.Plan.ApprovalMs is not { } wait ? null : around.Now.AddMilliseconds(wait) is var asked && asked > around.BatchDeadline ? asked : around.BatchDeadline;

    private static Decision DecideOutput(ExecutionState state, ExecutionOutput output)
    {
        var end = state.Tail(output.Stream)?.End ?? 0;
        if (output.Offset < end) return Decision.None;
        var (text, base64) = Runners.OutputEncoder.Encode(output.Bytes.Span);
        var taken = Of(state, new ToolOutput(output.Stream, output.Offset, text, base64, output.Dropped == 0 ? null : output.Dropped));
        if (output.Offset == end) return taken;
        // A store that went back has lost what its runner had been told is kept.
        return Decision.Emit(Of(state, new ToolOutput(output.Stream, end, Dropped: output.Offset - end)).Events[0], taken.Events[0]);
    }

    private static Decision DecideFailure(ExecutionState state, ExecutionEnded ended, ToolError error, ExecutionSurroundings around) =>
        IsRetried(error) && Retry(state, error, Delay(state, ended.Jitter, error.RetryAfterMs), around, Measured(state, ended.Metrics)) is { } retry
            ? retry
            : (error.Retryable ? FallBack(state, error, around, Measured(state, ended.Metrics)) : null)
            ?? End(state, new ToolFailed(Fallbacks.Told(state, error), Elapsed(state, around), Measured(state, ended.Metrics)));

    private static Decision DecideTimeout(ExecutionState state, AttemptTimedOut timedOut, ExecutionSurroundings around)
    {
        if (state.Suspended || around.Now < state.AttemptDeadline) return Decision.None;
        var error = new ToolError(ToolErrorCodes.AttemptTimeout, TooLong(state), state.Plan.Idempotent);
        return MayHaveProcesses(state) ? Of(state, new ToolEnding(error)) : DecideStopped(state, error, timedOut.Jitter, SoFar(state), around);
    }

    /// <summary>What was decided holds, however the runner ends; null where the trigger means the same as ever.</summary>
    private static Decision? DecideWhileEnding(ExecutionState state, ExecutionEnding ending, ExecutionTrigger trigger, ExecutionSurroundings around) => trigger switch
    {
        ExecutionEnded e => DecideStopped(state, ending.Error, e.Jitter, SoFar(state, e.Metrics), around),
        ToolExecutions.RunnerLost => DecideStopped(state, ending.Error, NoJitter, SoFar(state), around),
        ToolExecutions.EndingElapsed => Stop(state, ending.Error with { Message = $"{ending.Error.Message} Its processes could not be ended." }, SoFar(state), around),
        AttemptTimedOut or SuspendExecution => Decision.None,
        _ => null,
    };

    /// <summary>Ended from outside, its processes first. The first reason stays, but for a time-out, which another attempt could have followed.</summary>
    private static Decision DecideStop(ExecutionState state, ToolError error, bool atOnce, ExecutionSurroundings around)
    {
        var reason = state.Ending is { IsTimeout: false } ending ? ending.Error : error;
        return MayHaveProcesses(state) && !atOnce ? Of(state, new ToolEnding(reason)) : Stop(state, reason, SoFar(state), around);
    }

    private static Decision DecideStopped(ExecutionState state, ToolError error, double jitter, ToolMetrics metrics, ExecutionSurroundings around) =>
        error.Code != ToolErrorCodes.AttemptTimeout || !state.Plan.Idempotent ? Stop(state, error, metrics, around)
            : Retry(state, error, Delay(state, jitter), around, metrics)
            ?? FallBack(state, error, around, metrics)
            ?? Stop(state, Fallbacks.Told(state, error), metrics, around);

    private static Decision Stop(ExecutionState state, ToolError error, ToolMetrics metrics, ExecutionSurroundings around) => End(
        state,
        error.Code == ToolErrorCodes.Cancelled
            ? new ToolCancelled(error, Elapsed(state, around), metrics)
            : new ToolTimedOut(error with { Retryable = false }, Elapsed(state, around), metrics));

    private static bool MayHaveProcesses(ExecutionState state) => state is { Status: Executing, Plan.StartsProcess: true };

    private static string TooLong(ExecutionState state) => state is { Attempt: > 1, Plan.TotalMs: { } total }
        ? $"The attempts took longer than {total} ms together."
        : $"The attempt took longer than {state.Plan.TimeoutMs} ms.";

    private static Decision DecideRunnerLost(ExecutionState state, ToolExecutions.RunnerLost lost, ExecutionSurroundings around)
    {
        var error = new ToolError(ToolErrorCodes.RunnerLost, "The process that ran the tool is gone.", state.Plan.Idempotent);
        var delay = TimeSpan.FromMilliseconds(lost.DelayMs);
        return (state.Plan.Idempotent ? Retry(state, error, delay, around) ?? FallBack(state, error, around, null, delay) : null)
            ?? End(state, new ToolFailed(Fallbacks.Told(state, error) with { Retryable = false }, Elapsed(state, around), SoFar(state)));
    }

    /// <summary>A retry, if attempts and time are left.</summary>
    private static Decision? Retry(ExecutionState state, ToolError error, TimeSpan delay, ExecutionSurroundings around, ToolMetrics? metrics = null)
    {
        if (state.Attempt >= state.Plan.MaxAttempts) return null;
        if (!around.BatchPaused && around.Now + delay >= around.BatchDeadline) return null;
        if (state.Plan.TotalMs is { } total && around.Now + delay >= state.FirstStartedAt?.AddMilliseconds(total)) return null;
        return Of(state, new ToolRetried((long)delay.TotalMilliseconds, error, Counted(metrics)));
    }

    /// <summary>The next tool that fits takes over, if there is one and time is left.</summary>
    private static Decision? FallBack(ExecutionState state, ToolError error, ExecutionSurroundings around, ToolMetrics? metrics, TimeSpan delay = default)
    {
        if (Fallbacks.Next(state.Plan) is not { } next) return null;
        if (!around.BatchPaused && around.Now + delay >= around.BatchDeadline) return null;
        return Of(state, new ToolRetried((long)delay.TotalMilliseconds, error with { Message = error.Message + Fallbacks.Skipped(state.Plan) }, Counted(metrics), next.Tool));
    }

    private static ToolMetrics? Counted(ToolMetrics? metrics) => metrics is { CpuMs: not null } or { PeakMemoryBytes: not null } or { BytesIn: not null } or { BytesOut: not null } or { ApiCalls: > 0 } ? metrics : null;

    /// <summary>An open circuit breaker is there to fail at once; who called may come back.</summary>
    private static bool IsRetried(ToolError error) => error is { Retryable: true, Code: not ToolErrorCodes.CircuitOpen };

    /// <summary>2^n s before the n-th retry, with a jitter of up to a quarter either way; longer where the tool says so.</summary>
    private static TimeSpan Delay(ExecutionState state, double jitter, long? atLeastMs = null) =>
        TimeSpan.FromMilliseconds(Math.Max(Math.Round(1_000 * Math.Pow(2, state.Attempt) * (0.75 + (jitter * 0.5))), atLeastMs ?? 0));

    /// <summary>What is known of an attempt that was ended from outside: its output, as far as it was taken, and what its runner counted.</summary>
    private static ToolMetrics SoFar(ExecutionState state, ToolMetrics? counted = null) => (counted ?? ToolMetrics.None) with
    {
        OutputBytes = (state.Stdout?.End ?? 0) + (state.Stderr?.End ?? 0) + (state.ResultStream?.End ?? 0) + (state.TerminalStream?.End ?? 0),
        DroppedBytes = state.DroppedBytes,
    };

    /// <summary>What a runner measured, and what of its output is not kept.</summary>
    private static ToolMetrics Measured(ExecutionState state, ToolMetrics metrics) => metrics with { DroppedBytes = Math.Max(metrics.DroppedBytes, state.DroppedBytes) };

    private static long Elapsed(ExecutionState state, ExecutionSurroundings around) =>
        state.StartedAt is { } started ? Math.Max(0, (long)(around.Now - started).TotalMilliseconds) : 0;

    private static Decision Of(ExecutionState state, SessionEvent happened, int? attempt = null) => Decision.Emit(happened with
    {
        MessageId = state.MessageId,
        BatchId = state.BatchId,
        ExecutionId = state.Id,
        Attempt = attempt ?? (state.Attempt == 0 ? null : state.Attempt),
    });

    private static Decision End(ExecutionState state, SessionEvent happened) => Of(state, happened);

    private static ExecutionState Ended(ExecutionState state, ExecutionStatus status) =>
        state with { Status = status, Suspended = false, SuspendedAt = null, AttemptDeadline = null, RetryAt = null, Ending = null };

    private static ExecutionState EvolveOutput(ExecutionState state, ToolOutput output)
    {
        var tail = (state.Tail(output.Stream) ?? OutputTail.Empty).Add(output);
        return state.With(output.Stream, tail);
    }
}
