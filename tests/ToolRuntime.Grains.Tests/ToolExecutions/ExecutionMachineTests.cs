using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Machines;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;
using static ToolRuntime.Grains.Tests.Support.Executions;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

public sealed class ExecutionMachineTests
{
    /// <summary>From, trigger and what else it takes, to, event: as the design has it. The first word of the trigger is its kind.</summary>
    private static readonly DesignTable<ExecutionStatus, ExecutionTriggerKind> Design = new(
        ("Pending", "Start, approval needed", "AwaitingApproval", "tool.approval_required"),
        ("Pending", "Start", "Executing", "tool.started"),
        ("Pending", "Start, approved", "Executing", "tool.started"),
        ("Pending", "Refuse", "Failed", "tool.failed"),
        ("AwaitingApproval", "Approve", "Pending", "tool.approved"),
        ("AwaitingApproval", "Deny", "Failed", "tool.failed"),
        ("Executing", "Progress", "Executing", "tool.progress"),
        ("Executing", "Output", "Executing", "tool.output"),
        ("Executing", "Waiting", "Executing", "tool.waiting"),
        ("Executing", "Resize", "Executing", "tool.resized"),
        ("Executing", "Take", "Executing", "tool.taken"),
        ("Executing", "Turn", "Executing", "tool.turn"),
        ("Executing", "Succeed", "Completed", "tool.completed"),
        ("Executing", "Fail, retryable", "Backoff", "tool.retry"),
        ("Executing", "Fail", "Failed", "tool.failed"),
        ("Executing", "Fail, retryable, no attempts", "Failed", "tool.failed"),
        ("Executing", "Fail, retryable, no time", "Failed", "tool.failed"),
        ("Executing", "AttemptTimeout, idempotent", "Backoff", "tool.retry"),
        ("Executing", "AttemptTimeout", "TimedOut", "tool.timeout"),
        ("Executing", "AttemptTimeout, idempotent, no attempts", "TimedOut", "tool.timeout"),
        ("Executing", "AttemptTimeout, idempotent, no time", "TimedOut", "tool.timeout"),
        ("Executing", "RunnerLost, idempotent", "Backoff", "tool.retry"),
        ("Executing", "RunnerLost", "Failed", "tool.failed"),
        ("Executing", "RunnerLost, idempotent, no attempts", "Failed", "tool.failed"),
        ("Executing", "RunnerLost, idempotent, no time", "Failed", "tool.failed"),
        ("Backoff", "BackoffElapsed", "Executing", "tool.started"),
        ("Backoff", "Refuse", "Failed", "tool.failed"),
        ("Backoff", "BackoffElapsed, approved", "Executing", "tool.started"),
        ("Backoff", "BackoffElapsed, approval needed", "AwaitingApproval", "tool.approval_required"),
        ("Executing", "Suspend", "Executing", "tool.suspended"),
        ("Executing", "Continue, suspended", "Executing", "tool.continued"),
        ("Pending", "Cancel", "Cancelled", "tool.cancelled"),
        ("AwaitingApproval", "Cancel", "Cancelled", "tool.cancelled"),
        ("Executing", "Cancel", "Cancelled", "tool.cancelled"),
        ("Backoff", "Cancel", "Cancelled", "tool.cancelled"),
        ("Pending", "BatchExpired", "TimedOut", "tool.timeout"),
        ("AwaitingApproval", "BatchExpired", "TimedOut", "tool.timeout"),
        ("Executing", "BatchExpired", "TimedOut", "tool.timeout"),
        ("Backoff", "BatchExpired", "TimedOut", "tool.timeout"),
        ("Executing", "Cancel, processes", "Executing", "tool.ending"),
        ("Executing", "Cancel, processes, at once", "Cancelled", "tool.cancelled"),
        ("Executing", "AttemptTimeout, processes", "Executing", "tool.ending"),
        ("Executing", "AttemptTimeout, processes, idempotent", "Executing", "tool.ending"),
        ("Executing", "BatchExpired, processes", "Executing", "tool.ending"),
        ("Executing", "Cancel, ending by cancelled", "Executing", "tool.ending"),
        ("Executing", "Cancel, ending by cancelled, at once", "Cancelled", "tool.cancelled"),
        ("Executing", "Succeed, ending by cancelled", "Cancelled", "tool.cancelled"),
        ("Executing", "Fail, ending by cancelled", "Cancelled", "tool.cancelled"),
        ("Executing", "RunnerLost, ending by cancelled, idempotent", "Cancelled", "tool.cancelled"),
        ("Executing", "EndingElapsed, ending by cancelled", "Cancelled", "tool.cancelled"),
        ("Executing", "Succeed, ending by batch_deadline", "TimedOut", "tool.timeout"),
        ("Executing", "Fail, ending by batch_deadline, idempotent", "TimedOut", "tool.timeout"),
        ("Executing", "RunnerLost, ending by batch_deadline", "TimedOut", "tool.timeout"),
        ("Executing", "EndingElapsed, ending by batch_deadline", "TimedOut", "tool.timeout"),
        ("Executing", "Succeed, ending by attempt_timeout, idempotent", "Backoff", "tool.retry"),
        ("Executing", "Fail, ending by attempt_timeout, idempotent", "Backoff", "tool.retry"),
        ("Executing", "RunnerLost, ending by attempt_timeout, idempotent", "Backoff", "tool.retry"),
        ("Executing", "RunnerLost, ending by attempt_timeout", "TimedOut", "tool.timeout"),
        ("Executing", "EndingElapsed, ending by attempt_timeout, idempotent", "TimedOut", "tool.timeout"),
        ("Executing", "Cancel, ending by attempt_timeout", "Executing", "tool.ending"),
        ("Executing", "BatchExpired, ending by attempt_timeout", "Executing", "tool.ending"),
        ("Executing", "Output, ending by cancelled", "Executing", "tool.output"));

    private static readonly string[] FinalStates = ["Completed", "Failed", "TimedOut", "Cancelled"];

    private static readonly string[] FromRunnersAndTimers = ["Progress", "Output", "Waiting", "Succeed", "Fail", "AttemptTimeout", "RunnerLost", "BackoffElapsed", "EndingElapsed"];

    public static TheoryData<string, string, string, string> Rows() => Design.Rows();

    public static TheoryData<string, string> Pairs() => DesignTable<ExecutionStatus, ExecutionTriggerKind>.Pairs();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_RowOfTheDesign_GivesItsEventAndState(string from, string trigger, string to, string happened)
    {
        var (state, cause, around) = Case(from, trigger);

        var decision = ExecutionMachine.Decide(state, cause, around);

        var single = Assert.Single(decision.Events);
        Assert.Equal(happened, EventTypes.NameOf(single));
        Assert.Null(decision.Rejection);
        Assert.Equal(Enum.Parse<ExecutionStatus>(to), ExecutionMachine.Evolve(state, single).Status);
        Assert.Equal(("x1", "b1"), (single.ExecutionId, single.BatchId));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_EveryPair_IsLegalAsTheDesignSays(string from, string kind)
    {
        var state = Make(Enum.Parse<ExecutionStatus>(from));
        var decision = ExecutionMachine.Decide(state, Trigger(Enum.Parse<ExecutionTriggerKind>(kind), state.Attempt), Around);

        if (FinalStates.Contains(from)) Assert.Equal((false, null), (decision.Applied, decision.Rejection));
        else if (Design.Has(from, kind)) Assert.Null(decision.Rejection);
        else Assert.Equal((false, ErrorCode.Conflict, false), (decision.Applied, decision.Rejection?.Code, decision.Rejection?.Retryable));
    }

    [Fact]
    public void Table_Targets_AreTheDesigns() => Design.AssertSame(ExecutionMachine.Table);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_StaleAttempt_ChangesNothing(string from, string kind)
    {
        if (!FromRunnersAndTimers.Contains(kind)) return;
        var state = Make(Enum.Parse<ExecutionStatus>(from)).Idempotent() with { Attempt = 2 };

        foreach (var stale in (int[])[1, 3]) Assert.Equal(Decision.None, ExecutionMachine.Decide(state, Trigger(Enum.Parse<ExecutionTriggerKind>(kind), stale), Around));
    }

    [Theory]
    [InlineData(1, "tool.retry")]
    [InlineData(2, "tool.retry")]
    [InlineData(3, "tool.failed")]
    public void Fail_Retryable_IsRetriedTwice(int attempt, string happened)
    {
        var state = Make(ExecutionStatus.Executing) with { Attempt = attempt };

        Assert.Equal(happened, Happens(state, Failed(Temporary, attempt)));
    }

    [Theory]
    [InlineData(1, 0, 1_500)]
    [InlineData(1, 0.5, 2_000)]
    [InlineData(1, 1, 2_500)]
    [InlineData(2, 0, 3_000)]
    [InlineData(2, 0.5, 4_000)]
    [InlineData(2, 1, 5_000)]
    public void Fail_Retryable_WaitsTwoToTheNSecondsWithJitter(int attempt, double jitter, long delayMs)
    {
        var state = Make(ExecutionStatus.Executing) with { Attempt = attempt };

        var retry = (ToolRetried)Assert.Single(ExecutionMachine.Decide(state, Failed(Temporary, attempt, jitter), Around).Events);

        Assert.Equal(delayMs, retry.DelayMs);
        Assert.Equal(Now.AddMilliseconds(delayMs), ExecutionMachine.Evolve(state, retry with { At = Now }).RetryAt);
    }

    [Theory]
    [InlineData(500, 2_000)]
    [InlineData(7_000, 7_000)]
    public void Fail_ToolSaysWhenToComeBack_WaitsAtLeastThatLong(int retryAfterMs, long delayMs)
    {
        var retry = Assert.Single(ExecutionMachine.Decide(Make(ExecutionStatus.Executing), Failed(Temporary with { RetryAfterMs = retryAfterMs }, 1, 0.5), Around).Events);

        Assert.Equal(delayMs, ((ToolRetried)retry).DelayMs);
    }

    [Fact]
    public void Fail_CircuitOpen_FailsAtOnce() =>
        Assert.Equal("tool.failed", Happens(Make(ExecutionStatus.Executing).Idempotent(), Failed(new(ToolErrorCodes.CircuitOpen, "Not now.", Retryable: true, 30_000))));

    [Fact]
    public void RunnerLost_Idempotent_IsRetriedAtOnce()
    {
        var retry = Assert.Single(ExecutionMachine.Decide(Make(ExecutionStatus.Executing).Idempotent(), new RunnerLost(1), Around).Events);

        Assert.Equal((0, "runner_lost"), (((ToolRetried)retry).DelayMs, ((ToolRetried)retry).Error.Code));
    }

    [Theory]
    [InlineData(1_000, 1_001, "tool.retry")]
    [InlineData(1_000, 1_000, "tool.failed")]
    public void RunnerLost_SomethingMayStillRun_IsRetriedAfterThat(int delayMs, int leftMs, string happened)
    {
        var decided = Assert.Single(ExecutionMachine.Decide(
            Make(ExecutionStatus.Executing).Idempotent(), new RunnerLost(1, delayMs), Around with { BatchDeadline = Now.AddMilliseconds(leftMs) }).Events);

        Assert.Equal(happened, EventTypes.NameOf(decided));
        if (decided is ToolRetried retried) Assert.Equal(delayMs, retried.DelayMs);
    }

    [Theory]
    [InlineData(2_001, "tool.retry")]
    [InlineData(2_000, "tool.failed")]
    public void Fail_Retryable_IsRetriedOnlyBeforeTheDeadline(int leftMs, string happened) =>
        Assert.Equal(happened, Happens(Make(ExecutionStatus.Executing), Failed(Temporary), Around with { BatchDeadline = Now.AddMilliseconds(leftMs) }));

    [Fact]
    public void Fail_WhilePaused_DoesNotCountTheFrozenDeadline() =>
        Assert.Equal("tool.retry", Happens(Make(ExecutionStatus.Executing), Failed(Temporary), Around with { BatchPaused = true, BatchDeadline = Now.AddHours(-1) }));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void AttemptTimeout_SuspendedOrEarly_IsIgnored(bool suspended, int earlyMs)
    {
        var state = Make(ExecutionStatus.Executing) with { Suspended = suspended, AttemptDeadline = Now.AddMilliseconds(earlyMs) };

        Assert.Equal(Decision.None, ExecutionMachine.Decide(state, new AttemptTimedOut(1, 0), Around));
    }

    [Theory]
    [InlineData("cancelled", "Enough.")]
    [InlineData("batch_deadline", "Enough.")]
    [InlineData("attempt_timeout", "Cancelled by alice.")]
    public void Cancel_WhileEnding_KeepsTheFirstReasonAndTimeUnlessThatWasATimeout(string code, string message)
    {
        var state = Make(ExecutionStatus.Executing).Ending(code);
        var since = state.Ending!.Since;

        state = ExecutionMachine.Evolve(state, Assert.Single(ExecutionMachine.Decide(state, Trigger(ExecutionTriggerKind.Cancel), Around).Events) with { At = Now });

        Assert.Equal((message, since), (state.Ending!.Error.Message, state.Ending.Since));
    }

    [Theory]
    [InlineData("Suspend")]
    [InlineData("AttemptTimeout")]
    public void PauseOrTimeout_WhileEnding_ChangesNothing(string kind)
    {
        foreach (var suspended in (bool[])[true, false])
        {
            var state = Make(ExecutionStatus.Executing).Ending("cancelled") with { Suspended = suspended, SuspendedAt = suspended ? Now : null };

            Assert.Equal(Decision.None, ExecutionMachine.Decide(state, Trigger(Enum.Parse<ExecutionTriggerKind>(kind)), Around));
        }
    }

    [Fact]
    public void EndingElapsed_Ending_SaysThatProcessesAreLeft()
    {
        var end = (ToolCancelled)Assert.Single(ExecutionMachine.Decide(Make(ExecutionStatus.Executing).Ending("cancelled"), new EndingElapsed(1), Around).Events);

        Assert.Equal(new ToolError("cancelled", "Enough. Its processes could not be ended."), end.Error);
    }

    [Fact]
    public void End_WhileEnding_TellsWhatTheRunnerCountedAndWhatWasTakenOfItsOutput()
    {
        var state = ExecutionMachine.Evolve(Make(ExecutionStatus.Executing).Ending("cancelled"), new ToolOutput(OutputStream.Stdout, 0, "hello") { Attempt = 1 });

        var end = (ToolCancelled)Assert.Single(ExecutionMachine.Decide(state, Succeeded(), Around).Events);

        Assert.Equal(new ToolMetrics(5, 0, 2, 5, 1), end.Metrics);
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("attempt_timeout")]
    public void Evolve_WhatFollows_EndsNoMore(string code)
    {
        var state = Make(ExecutionStatus.Executing).Ending(code).Idempotent();

        Assert.Null(ExecutionMachine.Evolve(state, Assert.Single(ExecutionMachine.Decide(state, new RunnerLost(1), Around).Events)).Ending);
    }

    [Fact]
    public void Evolve_Pause_MovesTheAttemptsDeadlineByItsLength()
    {
        var state = Make(ExecutionStatus.Executing) with { AttemptDeadline = Now.AddSeconds(10) };

        var suspended = ExecutionMachine.Evolve(state, new ToolSuspended { At = Now });
        var continued = ExecutionMachine.Evolve(suspended, new ToolContinued { At = Now.AddMinutes(3) });

        Assert.True(suspended.Suspended);
        Assert.False(continued.Suspended);
        Assert.Equal(Now.AddSeconds(190), continued.AttemptDeadline);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Start_PausedOrWithoutASlot_Waits(bool paused, bool slot) =>
        Assert.Equal(Decision.None, ExecutionMachine.Decide(Make(ExecutionStatus.Pending), new StartExecution(), Around with { BatchPaused = paused, HoldsSlot = slot }));

    [Fact]
    public void BackoffElapsed_Paused_Waits() =>
        Assert.Equal(Decision.None, ExecutionMachine.Decide(Make(ExecutionStatus.Backoff), new BackoffElapsed(1), Around with { BatchPaused = true }));

    [Theory]
    [InlineData("Pending", 1)]
    [InlineData("Backoff", 2)]
    public void Start_FirstOrLaterAttempt_CountsItselfAsRunning(string from, int attempt)
    {
        var state = Make(Enum.Parse<ExecutionStatus>(from));
        var started = (ToolStarted)Assert.Single(ExecutionMachine.Decide(state, from == "Pending" ? new StartExecution() : new BackoffElapsed(1), Around with { Running = 3 }).Events);

        Assert.Equal((4, attempt), (started.Parallel, started.Attempt));
    }

    [Fact]
    public void Evolve_NextAttempt_BeginsWithNothing()
    {
        var state = Make(ExecutionStatus.Backoff) with
        {
            Error = Temporary,
            Kept = "old",
            Progress = new("reading"),
            Stdout = OutputTail.Empty,
            Stderr = OutputTail.Empty,
            ResultStream = OutputTail.Empty,
        };

        var next = ExecutionMachine.Evolve(state, new ToolStarted("shell", 1) { Attempt = 2, At = Now, Seq = 9 });

        Assert.Equal((2, Now, Now.AddSeconds(60), 9), (next.Attempt, next.StartedAt, next.AttemptDeadline, next.StartedSeq));
        Assert.Equal((null, null, null, null, null, null), (next.Error, next.Kept, next.Progress, next.Stdout, next.Stderr, next.ResultStream));
    }

    [Fact]
    public void Decide_Approval_GoesAllItsWay()
    {
        var state = Make(ExecutionStatus.Pending).NeedingApproval();
        foreach (var (cause, status) in (IEnumerable<(ExecutionTrigger, ExecutionStatus)>)
                 [(new StartExecution(), ExecutionStatus.AwaitingApproval), (new ApproveExecution("alice", "fine"), ExecutionStatus.Pending), (new StartExecution(), ExecutionStatus.Executing)])
        {
            var happened = Assert.Single(ExecutionMachine.Decide(state, cause, Around).Events);
            if (happened is ToolApproved approved) Assert.Equal(("alice", "fine"), (approved.By, approved.Reason));
            state = ExecutionMachine.Evolve(state, happened);
            Assert.Equal(status, state.Status);
        }
    }

    [Fact]
    public void Deny_WithReason_FailsWithItAndMayNotBeRetried()
    {
        var failed = (ToolFailed)Assert.Single(ExecutionMachine.Decide(Make(ExecutionStatus.AwaitingApproval), new DenyExecution("alice", "too dangerous"), Around).Events);

        Assert.Equal(new ToolError("denied", "too dangerous"), failed.Error);
    }

    [Fact]
    public void Output_BehindWhatTheLogHas_SaysHowMuchIsMissing()
    {
        var state = ExecutionMachine.Evolve(Make(ExecutionStatus.Executing), new ToolOutput(OutputStream.Stdout, 0, "hello") { Attempt = 1 });

        var decision = ExecutionMachine.Decide(state, new ExecutionOutput(1, OutputStream.Stdout, 12, "more"u8.ToArray(), 0), Around);

        Assert.Equal([(5L, null, 7L), (12L, "more", null)], decision.Events.Cast<ToolOutput>().Select(e => (e.Offset, e.Text, e.Dropped)));
        Assert.Equal(16, decision.Events.Aggregate(state, ExecutionMachine.Evolve).Stdout!.End);
    }

    [Fact]
    public void Output_Repeated_IsAppliedOnce()
    {
        var state = Make(ExecutionStatus.Executing);
        var output = new ExecutionOutput(1, OutputStream.Stdout, 0, "hello"u8.ToArray(), 0);
        var after = ExecutionMachine.Evolve(state, Assert.Single(ExecutionMachine.Decide(state, output, Around).Events));

        Assert.Equal(Decision.None, ExecutionMachine.Decide(after, output, Around));
        Assert.True(ExecutionMachine.Decide(after, output with { Offset = 5 }, Around).Applied);
        Assert.True(ExecutionMachine.Decide(after, output with { Stream = OutputStream.Stderr }, Around).Applied);
    }

    [Fact]
    public void Cancel_Executing_TellsWhatWasWritten()
    {
        var state = Make(ExecutionStatus.Executing);
        state = ExecutionMachine.Evolve(state, new ToolOutput(OutputStream.Stdout, 0, "hello", null, 3) { Attempt = 1 });

        var cancelled = (ToolCancelled)Assert.Single(ExecutionMachine.Decide(state, new CancelExecution("Enough."), Around).Events);

        Assert.Equal((8, 3, 60_000), (cancelled.Metrics.OutputBytes, cancelled.Metrics.DroppedBytes, cancelled.ElapsedMs));
        Assert.Equal(new ToolError("cancelled", "Enough."), cancelled.Error);
    }

    private static string Happens(ExecutionState state, ExecutionTrigger trigger, ExecutionSurroundings? around = null) =>
        EventTypes.NameOf(Assert.Single(ExecutionMachine.Decide(state, trigger, around ?? Around).Events));

    private static (ExecutionState State, ExecutionTrigger Trigger, ExecutionSurroundings Around) Case(string from, string trigger)
    {
        var (state, around) = (Make(Enum.Parse<ExecutionStatus>(from)), Around);
        var cause = Trigger(Enum.Parse<ExecutionTriggerKind>(DesignTable<ExecutionStatus, ExecutionTriggerKind>.KindOf(trigger)));
        foreach (var condition in trigger.Split(", ").Skip(1))
        {
            switch (condition)
            {
                case "approval needed": state = state.NeedingApproval(); break;
                case "approved": state = state.NeedingApproval() with { Approved = true }; break;
                case "idempotent": state = state.Idempotent(); break;
                case "suspended": state = state with { Suspended = true, SuspendedAt = Now }; break;
                case "retryable": cause = Failed(Temporary); break;
                case "no attempts": (state, cause) = (state with { Attempt = 3 }, cause is ExecutionEnded ? Failed(Temporary, 3) : Trigger(cause.Kind, 3)); break;
                case "processes": state = state.WithProcesses(); break;
                case "at once": cause = new CancelExecution("Now.", AtOnce: true); break;
                case "ending by cancelled" or "ending by batch_deadline" or "ending by attempt_timeout": state = state.Ending(condition["ending by ".Length..]); break;
                case "no time": around = around with { BatchDeadline = Now }; break;
                default: throw new ArgumentException(condition);
            }
        }

        return (state, cause, around);
    }
}
