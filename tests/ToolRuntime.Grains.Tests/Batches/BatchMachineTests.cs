using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;
using ToolRuntime.Machines;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Batches;

public sealed class BatchMachineTests
{
    private static readonly DateTimeOffset Now = Executions.Now;

    /// <summary>As the design has it; the figures of a paused batch may still go out, since the last ones always do.</summary>
    private static readonly DesignTable<BatchStatus, BatchTriggerKind> Design = new(
        ("Executing", "Progress", "Executing", "batch.progress"),
        ("Paused", "Progress", "Paused", "batch.progress"),
        ("Executing", "Pause", "Paused", "batch.paused"),
        ("Paused", "Resume", "Executing", "batch.resumed"),
        ("Paused", "MaxPauseElapsed", "Executing", "batch.resumed"),
        ("Executing", "AllFinal, one completed", "Completed", "batch.completed"),
        ("Executing", "AllFinal", "Failed", "batch.failed"),
        ("Executing", "RestCancelled", "Failed", "batch.failed"),
        ("Executing", "RestCancelled, one completed", "Failed", "batch.failed"),
        ("Executing", "Cancel", "Cancelled", "batch.cancelled"),
        ("Paused", "Cancel", "Cancelled", "batch.cancelled"),
        ("Executing", "Deadline", "TimedOut", "batch.timeout"));

    private static readonly string[] FinalStates = ["Completed", "Failed", "TimedOut", "Cancelled"];

    public static TheoryData<string, string, string, string> Rows() => Design.Rows();

    public static TheoryData<string, string> Pairs() => DesignTable<BatchStatus, BatchTriggerKind>.Pairs();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_RowOfTheDesign_GivesItsEventAndState(string from, string trigger, string to, string happened)
    {
        var state = Make(from) with { Counts = new() { Completed = trigger.EndsWith("one completed", StringComparison.Ordinal) ? 1 : 0, Failed = 1 } };

        var decision = Decide(state, DesignTable<BatchStatus, BatchTriggerKind>.KindOf(trigger));

        var single = Assert.Single(decision.Events);
        Assert.Equal((happened, "b1", "m1"), (EventTypes.NameOf(single), single.BatchId, single.MessageId));
        Assert.Equal(Enum.Parse<BatchStatus>(to), BatchMachine.Evolve(state, single with { At = Now }).Status);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_EveryPair_IsLegalAsTheDesignSays(string from, string kind)
    {
        var decision = Decide(Make(from), kind);

        if (FinalStates.Contains(from)) Assert.Equal(Decision.None, decision);
        else if (Design.Has(from, kind)) Assert.True(decision.Applied);
        else Assert.Equal((false, ErrorCode.Conflict), (decision.Applied, decision.Rejection?.Code));
    }

    [Fact]
    public void MaxPauseElapsed_BeforeTheStartOfAJob_DoesNothing()
    {
        var scheduled = Make("Paused") with { Scheduled = true, Job = new(JobPriority.Default, Now.AddMilliseconds(1)) };

        Assert.Equal(Decision.None, Decide(scheduled, "MaxPauseElapsed"));
        var resumed = Assert.Single(Decide(scheduled with { Job = new(JobPriority.Default, Now) }, "MaxPauseElapsed").Events);
        Assert.False(BatchMachine.Evolve(scheduled, resumed with { At = Now }).Scheduled);
        Assert.True(Decide(scheduled, "Resume").Applied);
    }

    [Fact]
    public void Table_Targets_AreTheDesigns() => Design.AssertSame(BatchMachine.Table);

    [Fact]
    public void Deadline_Early_IsIgnored() => Assert.Equal(Decision.None, Decide(Make("Executing") with { Deadline = Now.AddMilliseconds(1) }, "Deadline"));

    [Theory]
    [InlineData("Resume")]
    [InlineData("MaxPauseElapsed")]
    public void Resume_AfterAPause_MovesTheDeadlineByItsLength(string kind)
    {
        var paused = BatchMachine.Evolve(Make("Executing") with { Deadline = Now.AddMinutes(1) }, new BatchPaused("alice") { At = Now.AddMinutes(-10) });

        var resumed = (BatchResumed)Assert.Single(Decide(paused, kind).Events);
        var after = BatchMachine.Evolve(paused, resumed with { At = Now });

        Assert.Equal((Now.AddMinutes(11), null, BatchStatus.Executing), (after.Deadline, after.PausedAt, after.Status));
        Assert.Equal(Now.AddMinutes(11), resumed.Deadline);
    }

    [Fact]
    public void End_HasTheFigures()
    {
        var state = Make("Executing") with { Counts = new() { Completed = 4, Failed = 3, TimedOut = 2, Cancelled = 1, FilesCreated = 6, LinesWritten = 50 }, StartedAt = Now.AddSeconds(-3) };

        var ended = (BatchEnded)Assert.Single(Decide(state, "AllFinal").Events);

        Assert.Equal((4, 3, 2, 1, 10, 3_000, 6, 50), (ended.Successful, ended.Failed, ended.TimedOut, ended.Cancelled, ended.Total, ended.ElapsedMs, ended.FilesCreated, ended.LinesWritten));
    }

    [Fact]
    public void Progress_OpenExecutions_ShareByWhatTheyMeasured()
    {
        var executions = new Dictionary<string, ExecutionState>
        {
            ["x1"] = Executions.Make(ExecutionStatus.Executing, "x1").Taking(1_000) with { Progress = new("reading", 50), StartedAt = Now.AddSeconds(-4) },
            ["x2"] = Executions.Make(ExecutionStatus.Pending, "x2").Taking(2_000),
            ["x3"] = Executions.Make(ExecutionStatus.Completed, "x3"),
            ["x4"] = Executions.Make(ExecutionStatus.Backoff, "x4").Taking(1_000),
        };
        var state = Make("Executing") with { Executions = [.. executions.Keys], MaxParallel = 2, Counts = new() { Executing = 1, Pending = 1, Completed = 1, Backoff = 1 }, StartedAt = Now.AddSeconds(-5) };

        var figures = (BatchProgressed)Assert.Single(BatchMachine.Decide(state, new(BatchTriggerKind.Progress), Now, executions.GetValueOrDefault).Events);

        Assert.Equal((1, 0, 2, 1, 4), (figures.Completed, figures.Failed, figures.Executing, figures.Pending, figures.Total));
        Assert.Equal((37.5, 5_000, 4_000), (figures.Percent, figures.ElapsedMs, figures.EtaMs));
    }

    [Theory]
    [InlineData("Pending", 0, null)]
    [InlineData("Pending", 2_000, 2_000L)]
    [InlineData("Executing", 5_000, 1_000L)]
    [InlineData("Executing", 4_000, null)]
    [InlineData("Executing", 0, null)]
    [InlineData("AwaitingApproval", 2_000, null)]
    public void Progress_TimeLeft_IsWhatWasMeasuredOrNotSaid(string status, int usual, long? eta)
    {
        var one = Executions.Make(Enum.Parse<ExecutionStatus>(status)).Taking(usual) with { StartedAt = Now.AddSeconds(-4), EstimatedMs = 9_000 };
        var state = Make("Executing") with { Counts = new BatchCounts().Move(ExecutionStatus.Cancelled, one.Status) };

        var figures = (BatchProgressed)Assert.Single(BatchMachine.Decide(state, new(BatchTriggerKind.Progress), Now, _ => one).Events);

        Assert.Equal(eta, figures.EtaMs);
    }

    [Fact]
    public void Moved_ToAnEnd_MovesTheCountsAndAddsWhatWasDone()
    {
        var before = Executions.Make(ExecutionStatus.Executing);
        var after = before with { Status = ExecutionStatus.Completed, Metrics = new(0, 0, 2, 30) };

        var moved = BatchMachine.Moved(Make("Executing") with { Counts = new() { Executing = 1 } }, before, after, new ToolCompleted("", JsonText.EmptyObject, 0, new()));

        Assert.Equal(new BatchCounts { Completed = 1, FilesCreated = 2, LinesWritten = 30 }, moved.Counts);
        Assert.True(moved.ProgressDue);
    }

    [Fact]
    public void Moved_AttemptsWithProcesses_AddUpToTheEnd()
    {
        var executing = Executions.Make(ExecutionStatus.Executing);
        var batch = Make("Executing") with { Counts = new() { Executing = 1 } };
        var waiting = BatchMachine.Moved(
            batch, executing, executing with { Status = ExecutionStatus.Backoff }, new ToolRetried(0, new("x", "x"), new() { PeakMemoryBytes = 100, CpuMs = 7 }));
        var metrics = new ToolMetrics { PeakMemoryBytes = 50, CpuMs = 3 };
        var done = BatchMachine.Moved(
            waiting with { Counts = new() { Executing = 1, PeakMemoryBytes = waiting.Counts.PeakMemoryBytes, CpuMs = waiting.Counts.CpuMs } },
            executing,
            executing with { Status = ExecutionStatus.Completed, Metrics = metrics },
            new ToolCompleted("", JsonText.EmptyObject, 0, metrics));

        var ended = (BatchEnded)Assert.Single(Decide(done, "AllFinal").Events);

        Assert.Equal((150L, 10L), (ended.PeakMemoryBytes, ended.CpuMs));
    }

    [Fact]
    public void Moved_AttemptsOfServices_AddUpToTheEnd()
    {
        var executing = Executions.Make(ExecutionStatus.Executing);
        var batch = Make("Executing") with { Counts = new() { Executing = 1, ApiCalls = 1, BytesIn = 10 } };
        var metrics = new ToolMetrics { ApiCalls = 2, BytesIn = 100, BytesOut = 7 };
        var done = BatchMachine.Moved(batch, executing, executing with { Status = ExecutionStatus.Completed, Metrics = metrics }, new ToolCompleted("", JsonText.EmptyObject, 0, metrics));

        var ended = (BatchEnded)Assert.Single(Decide(done, "AllFinal").Events);

        Assert.Equal((3L, 110L, 7L, null), (ended.ApiCalls, ended.BytesIn, ended.BytesOut, ended.CpuMs));
    }

    private static Decision Decide(BatchState state, string kind) => BatchMachine.Decide(state, new(Enum.Parse<BatchTriggerKind>(kind), "alice"), Now, _ => null);

    private static BatchState Make(string status) => new()
    {
        Id = "b1",
        MessageId = "m1",
        Status = Enum.Parse<BatchStatus>(status),
        MaxParallel = 16,
        StartedAt = Now.AddMinutes(-5),
        Deadline = Now,
        Executions = ["x1"],
        PausedAt = status == "Paused" ? Now.AddMinutes(-1) : null,
    };
}
