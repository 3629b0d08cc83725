using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>What has processes ends when they have ended, and what contains it ends after it.</summary>
public sealed class SessionEndingTests
{
    private readonly SessionRig rig = new();

    [Fact]
    public void CancelBatch_SomeRunSomeWait_EndsTheRunningOnesWhenTheirProcessesAreGone()
    {
        var batch = Running(3, maxParallel: 2);

        rig.Do(new CancelBatch(batch));

        Assert.Equal(["tool.ending", "tool.ending", "tool.cancelled", "batch.progress"], rig.News());
        Assert.Equal(BatchStatus.Executing, rig.Batch(batch).Status);
        End(batch, 1);
        Assert.DoesNotContain("batch.cancelled", rig.News());
        End(batch, 0);
        Assert.Equal(["tool.cancelled", "batch.progress", "batch.cancelled"], rig.News());
        Assert.Equal(3, rig.Batch(batch).Counts.Cancelled);
    }

    [Fact]
    public void CancelTool_Twice_IsTakenTwiceAndEndsItOnce()
    {
        var batch = Running(2);
        var id = rig.Execution(batch, 0).Id;

        rig.Do(new CancelTool(id));
        rig.Do(new CancelTool(id, "Really."));
        End(batch, 0);

        Assert.Equal(["tool.ending", "tool.ending", "tool.cancelled"], rig.News().Where(type => type.StartsWith("tool.", StringComparison.Ordinal)));
        Assert.Equal("Cancelled by alice.", rig.Execution(batch, 0).Error!.Message);
        Assert.Equal(BatchStatus.Executing, rig.Batch(batch).Status);
    }

    [Fact]
    public void CancelBatch_Twice_TellsItsExecutionsOnce()
    {
        var batch = Running(1);
        rig.Do(new CancelBatch(batch));
        rig.News();

        rig.Do(new CancelBatch(batch));

        Assert.Equal(["batch.progress"], rig.News());
    }

    [Fact]
    public void Deadline_ProcessesRun_TimesOutWhenTheyAreGone()
    {
        var batch = Running(1, maxWaitMs: 5_000);
        rig.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(rig.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));
        Assert.False(rig.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));
        End(batch, 0);

        Assert.Equal(["tool.ending", "batch.progress", "tool.timeout", "batch.progress", "batch.timeout"], rig.News());
    }

    [Fact]
    public void Deadline_WhatEndsNeverSaysSo_EndsWithoutIt()
    {
        var batch = Running(2);
        rig.Do(new PauseBatch(batch));
        rig.Do(new CancelBatch(batch));
        rig.News();
        rig.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.True(rig.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));

        Assert.Equal(["tool.cancelled", "tool.cancelled", "batch.progress", "batch.cancelled"], rig.News());
        Assert.EndsWith("Its processes could not be ended.", rig.Execution(batch, 0).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CancelRest_ASiblingFails_FailsWhenTheRestIsGone()
    {
        var batch = Running(2, onFailure: FailurePolicy.CancelRest);

        rig.Fail(batch, 0);
        Assert.Equal(["tool.failed", "tool.ending", "batch.progress"], rig.News());
        End(batch, 1);

        Assert.Equal(["tool.cancelled", "batch.progress", "batch.failed"], rig.News());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pause_WhileItEnds_HoldsNothingUp(bool first)
    {
        var batch = Running(1);
        if (first) rig.Do(new PauseBatch(batch));
        rig.Do(new CancelBatch(batch));
        if (!first) Assert.Equal(ErrorCode.Conflict, rig.Execute(new PauseBatch(batch)).Error!.Code);

        End(batch, 0);

        Assert.Equal(BatchStatus.Cancelled, rig.Batch(batch).Status);
    }

    [Fact]
    public void AttemptTimeout_Idempotent_RunsAgainOnlyAfterItsProcesses()
    {
        var batch = Running(1, "forks-again");
        rig.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.True(rig.Report(rig.Execution(batch, 0).Id, new AttemptTimedOut(1, 0.5)));
        Assert.Equal("tool.ending", rig.News().First());
        End(batch, 0);

        Assert.Equal("tool.retry", rig.News().First());
        Assert.Equal(ExecutionStatus.Backoff, rig.Execution(batch, 0).Status);
    }

    [Fact]
    public void CancelMessage_PausedForTools_EndsAfterItsBatchAndLetsTheNextHaveItsTurn()
    {
        var (reply, batch) = Asking();
        var next = rig.Send("next");

        rig.Do(new CancelMessage(reply));
        Assert.Equal(ErrorCode.Conflict, rig.Execute(new PauseMessage(reply)).Error!.Code);
        Assert.Equal((MessageStatus.PausedForTools, MessageStatus.Queued), (rig.State.Messages[reply].Status, rig.State.Messages[next].Status));
        rig.News();
        End(batch, 0);

        Assert.Equal(["tool.cancelled", "batch.progress", "batch.cancelled", "conversation.state", "conversation.state", "message.started"], rig.News());
        Assert.Equal((MessageStatus.Cancelled, MessageStatus.Active), (rig.State.Messages[reply].Status, rig.State.Messages[next].Status));
    }

    [Fact]
    public void CancelMessage_ItsBatchIsBeingCancelled_DoesNotResume()
    {
        var (reply, batch) = Asking();

        rig.Do(new CancelBatch(batch));
        rig.Do(new CancelMessage(reply));
        rig.Do(new CancelMessage(reply));
        End(batch, 0);

        Assert.Equal(MessageStatus.Cancelled, rig.State.Messages[reply].Status);
    }

    [Fact]
    public void Interrupt_ToolsRun_TheNewReplyBeginsAfterThem()
    {
        var (reply, batch) = Asking();

        var next = rig.Send("now", QueuePolicy.Interrupt);
        Assert.Equal(MessageStatus.Queued, rig.State.Messages[next].Status);
        End(batch, 0);

        Assert.Equal((MessageStatus.Cancelled, MessageStatus.Active), (rig.State.Messages[reply].Status, rig.State.Messages[next].Status));
    }

    [Fact]
    public void Interrupt_ToolsRunAndOthersWait_GoesBeforeThemAndNoneBeforeTheToolsEnd()
    {
        var (reply, batch) = Asking();
        var waits = rig.Send("waits");

        var (urgent, more) = (rig.Send("now", QueuePolicy.Interrupt), rig.Send("at once", QueuePolicy.Interrupt));

        Assert.Equal(MessageStatus.PausedForTools, rig.State.Messages[reply].Status);
        Assert.All([waits, urgent, more], id => Assert.Equal(MessageStatus.Queued, rig.State.Messages[id].Status));
        End(batch, 0);
        Assert.Equal([MessageStatus.Queued, MessageStatus.Queued, MessageStatus.Active], new[] { waits, urgent, more }.Select(id => rig.State.Messages[id].Status));
        rig.Report(more, new ReplyFinished(1, 1, "stop", null));
        Assert.Equal((MessageStatus.Queued, MessageStatus.Active), (rig.State.Messages[waits].Status, rig.State.Messages[urgent].Status));
    }

    [Fact]
    public void Reset_ProcessesRun_EndsAllAtOnce()
    {
        Asking();
        var batch = Running(1);
        rig.Do(new CancelBatch(batch));
        rig.News();

        rig.Do(new ResetSession());

        Assert.Equal((2, 0), (rig.News().Count(type => type == "tool.cancelled"), rig.State.OpenBatches.Length));
    }

    private string Running(int calls, string tool = "forks", FailurePolicy? onFailure = null, int? maxParallel = null, int? maxWaitMs = null)
    {
        var batch = rig.Run(calls, tool, onFailure, maxParallel, maxWaitMs);
        rig.StartAll(batch);
        rig.News();
        return batch;
    }

    private (string Reply, string Batch) Asking()
    {
        var reply = rig.Send();
        rig.Report(reply, new ReplyAsksForTools(1, 1, [new("c1", "forks", JsonText.EmptyObject)], null));
        var batch = rig.State.Messages[reply].Batches[^1];
        rig.StartAll(batch);
        return (reply, batch);
    }

    private void End(string batch, int index) => Assert.True(rig.Report(
        rig.Execution(batch, index).Id, Executions.Failed(new(ToolErrorCodes.Cancelled, "The attempt was cancelled."), rig.Execution(batch, index).Attempt)));
}
