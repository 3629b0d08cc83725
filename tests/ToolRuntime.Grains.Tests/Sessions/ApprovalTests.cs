using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Batches that wait for people: their own time, and what need not be asked any more.</summary>
public sealed class ApprovalTests
{
    private static readonly BatchTrigger Deadline = new(BatchTriggerKind.Deadline);

    private readonly SessionRig session = new();

    [Fact]
    public void WaitsOnlyForPeople_PastItsDeadline_GoesOnUntilTheirTimeIsOver()
    {
        var batch = Ask("asks");
        var asked = session.Time.GetUtcNow();
        Assert.Equal(asked.AddHours(1), session.Events.OfType<ToolApprovalRequired>().Single().Deadline);

        session.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(session.Report(batch, Deadline));
        session.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(session.Report(batch, Deadline));

        Assert.Equal(BatchStatus.TimedOut, session.Batch(batch).Status);
    }

    [Fact]
    public void Approve_AfterALongWait_LeavesTheWorkTheTimeThatItHad()
    {
        var batch = Ask("asks");
        session.Time.Advance(TimeSpan.FromMinutes(1));
        var before = session.Batch(batch).Deadline;

        session.Time.Advance(TimeSpan.FromMinutes(30));
        session.Do(new ApproveTool(session.Execution(batch, 0).Id));

        Assert.Equal(before.AddMinutes(31), session.Events.OfType<ToolApproved>().Single().Deadline);
        Assert.Equal(before.AddMinutes(31), session.Batch(batch).Due);
        session.StartAll(batch);
        session.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(session.Report(batch, Deadline));
    }

    [Fact]
    public void SomethingElseRuns_TheDeadlineHolds()
    {
        var batch = Ask("asks", "plain");
        session.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.True(session.Report(batch, Deadline));
    }

    [Fact]
    public void TheLastThatRanEnds_FromThenOnPeopleHaveTheirTime()
    {
        var batch = Ask("asks", "plain");
        session.Time.Advance(TimeSpan.FromMinutes(4));
        session.Succeed(batch, 1);
        session.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(session.Report(batch, Deadline));

        session.Do(new ApproveTool(session.Execution(batch, 0).Id));

        Assert.Equal(TimeSpan.FromMinutes(1), session.Batch(batch).Deadline - session.Time.GetUtcNow());
    }

    [Fact]
    public void Pause_WhileItWaits_CountsOnce()
    {
        var batch = Ask("asks");
        var (work, people) = (session.Batch(batch).Deadline, session.Batch(batch).ApprovalDeadline);
        session.Time.Advance(TimeSpan.FromMinutes(10));
        session.Do(new PauseBatch(batch));
        session.Time.Advance(TimeSpan.FromMinutes(20));
        session.Do(new ResumeBatch(batch));
        Assert.Equal(people?.AddMinutes(20), session.Batch(batch).Due);
        session.Time.Advance(TimeSpan.FromMinutes(10));

        session.Do(new ApproveTool(session.Execution(batch, 0).Id));

        Assert.Equal(work.AddMinutes(40), session.Batch(batch).Deadline);
    }

    [Fact]
    public void Approve_WhilePaused_AddsOnlyTheWaitBefore()
    {
        var batch = Ask("asks");
        var work = session.Batch(batch).Deadline;
        session.Time.Advance(TimeSpan.FromMinutes(10));
        session.Do(new PauseBatch(batch));
        session.Time.Advance(TimeSpan.FromMinutes(20));
        session.Do(new ApproveTool(session.Execution(batch, 0).Id));
        Assert.Equal(work.AddMinutes(10), session.Batch(batch).Deadline);

        session.Do(new ResumeBatch(batch));

        Assert.Equal(work.AddMinutes(30), session.Batch(batch).Deadline);
    }

    [Fact]
    public void Wait_Option_Counts()
    {
        var rig = new SessionRig(new BatchOptions { ApprovalWait = TimeSpan.FromDays(2) });
        var batch = rig.Run(1, "asks");
        rig.StartAll(batch);

        Assert.Equal(rig.Time.GetUtcNow().AddDays(2), rig.Batch(batch).Due);
    }

    [Fact]
    public void Granted_WhatWaitsAndWhatComes_RunsWithoutAsking()
    {
        session.Do(new ConfigureSession(new("""{"approvalRequired":["*"]}""")));
        var batch = Ask("asks", "plain", "asks");
        session.News();

        session.Do(new ConfigureSession(new("""{"approvalGranted":["asks"]}""")));

        Assert.Equal(["session.configured", "tool.approved", "tool.approved"], session.News().Where(type => type != "batch.progress"));
        Assert.Equal(ExecutionStatus.AwaitingApproval, session.Execution(batch, 1).Status);
        var next = Ask("asks", "plain");
        Assert.Equal((ExecutionStatus.Executing, ExecutionStatus.AwaitingApproval), (session.Execution(next, 0).Status, session.Execution(next, 1).Status));
    }

    private string Ask(params string[] tools)
    {
        var batch = session.Do(new RunTools([.. tools.Select(tool => new ToolInvocation(tool, JsonText.EmptyObject))])).GetProperty("batchId").GetString()!;
        session.StartAll(batch);
        return batch;
    }
}
