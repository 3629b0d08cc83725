using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>What follows of itself, in the append of what caused it.</summary>
public sealed class SessionRulesTests
{
    private readonly SessionRig session = new();

    [Fact]
    public void LastExecution_Ends_EndsTheBatchInTheSameAppend()
    {
        var batch = session.Run(2);
        session.StartAll(batch);
        session.Fail(batch, 0);
        session.News();

        session.Succeed(batch, 1);

        Assert.Equal(["tool.completed", "batch.progress", "batch.completed"], session.News());
        var ended = (BatchEnded)session.Events[^1];
        Assert.Equal((1, 1, 0, 0, 2, 2, 5), (ended.Successful, ended.Failed, ended.TimedOut, ended.Cancelled, ended.Total, ended.FilesCreated, ended.LinesWritten));
        Assert.False(session.State.HasOpenWork);
    }

    [Fact]
    public void CancelRest_OneFails_CancelsTheRestAndFails()
    {
        var batch = session.Run(3, onFailure: FailurePolicy.CancelRest, maxParallel: 2);
        session.StartAll(batch);
        session.News();

        session.Fail(batch, 0);

        Assert.Equal(["tool.failed", "tool.cancelled", "tool.cancelled", "batch.progress", "batch.failed"], session.News());
    }

    [Fact]
    public void CancelRest_TheLastFails_FailsThoughOthersCompleted()
    {
        var batch = session.Run(2, onFailure: FailurePolicy.CancelRest);
        session.StartAll(batch);
        session.Succeed(batch, 0);

        session.Fail(batch, 1);

        Assert.Equal(BatchStatus.Failed, session.Batch(batch).Status);
    }

    [Fact]
    public void Deadline_Passes_EndsEverythingInOneAppend()
    {
        var batch = session.Run(3, maxParallel: 1, maxWaitMs: 1_000);
        session.StartAll(batch);
        session.News();
        session.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(session.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));

        session.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(session.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));

        Assert.Equal(["tool.timeout", "tool.timeout", "tool.timeout", "batch.progress", "batch.timeout"], session.News());
        Assert.Equal("batch_deadline", session.Execution(batch, 0).Error?.Code);
    }

    [Fact]
    public void Pause_FreezesDeadlineAndAttemptsUntilResumed()
    {
        var batch = session.Run(2, maxParallel: 1, maxWaitMs: 10_000);
        session.StartAll(batch);
        var (deadline, attempt) = (session.Batch(batch).Deadline, session.Execution(batch, 0).AttemptDeadline);
        session.Do(new PauseBatch(batch));
        Assert.True(session.Execution(batch, 0).Suspended);
        session.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.False(session.Report(batch, new BatchTrigger(BatchTriggerKind.Deadline)));
        Assert.False(session.Report(session.Execution(batch, 0).Id, new AttemptTimedOut(1, 0)));
        Assert.False(session.Report(session.Execution(batch, 1).Id, new StartExecution()));
        session.News();
        session.Do(new ResumeBatch(batch));

        Assert.Equal(["batch.resumed", "tool.continued"], session.News().Where(t => t != "batch.progress"));
        Assert.Equal((deadline.AddMinutes(2), attempt?.AddMinutes(2)), (session.Batch(batch).Deadline, session.Execution(batch, 0).AttemptDeadline));
    }

    [Fact]
    public void MaxPause_Over_ResumesAndContinues()
    {
        var batch = session.Run(1);
        session.StartAll(batch);
        session.Do(new PauseBatch(batch));
        session.News();

        Assert.True(session.Report(batch, new BatchTrigger(BatchTriggerKind.MaxPauseElapsed, "runtime")));

        Assert.Equal(["batch.resumed", "tool.continued"], session.News().Where(t => t != "batch.progress"));
        Assert.False(session.Execution(batch, 0).Suspended);
    }

    [Fact]
    public void Resume_AllEndedMeanwhile_EndsTheBatch()
    {
        var batch = session.Run(1);
        session.StartAll(batch);
        session.Do(new PauseBatch(batch));
        session.Succeed(batch, 0);
        Assert.Equal(BatchStatus.Paused, session.Batch(batch).Status);

        session.Do(new ResumeBatch(batch));

        Assert.Equal(BatchStatus.Completed, session.Batch(batch).Status);
    }

    [Fact]
    public void Approval_LateWithoutAFreeSlot_WaitsForOne()
    {
        var batch = session.Do(new RunTools([new("asks", JsonText.EmptyObject), new("plain", JsonText.EmptyObject)], MaxParallel: 1)).GetProperty("batchId").GetString()!;
        session.StartAll(batch);
        session.StartAll(batch);
        Assert.Equal((ExecutionStatus.AwaitingApproval, ExecutionStatus.Executing), (session.Execution(batch, 0).Status, session.Execution(batch, 1).Status));

        session.Do(new ApproveTool(session.Execution(batch, 0).Id));
        Assert.False(session.Report(session.Execution(batch, 0).Id, new StartExecution()));
        session.Succeed(batch, 1);

        Assert.True(session.Report(session.Execution(batch, 0).Id, new StartExecution()));
        Assert.Equal(ExecutionStatus.Executing, session.Execution(batch, 0).Status);
    }

    [Fact]
    public void Batch_OfAReplyEnds_ResumesTheReplyInTheSameAppend()
    {
        var reply = session.Send();
        Ask(reply, new ModelCall("c1", "plain", JsonText.EmptyObject));
        var batch = session.State.Messages[reply].Batches[^1];
        session.StartAll(batch);
        session.News();

        session.Succeed(batch, 0);
        Assert.True(session.Report(reply, new ReplyHandOver()));

        Assert.Equal(["tool.completed", "batch.progress", "batch.completed", "conversation.state", "conversation.state", "message.started"], session.News());
        Assert.Equal((MessageStatus.Active, 2), (session.State.Messages[reply].Status, session.State.Messages[reply].Round));
    }

    [Fact]
    public void Calls_WrongOnes_FailAloneAndTheModelIsTold()
    {
        var reply = session.Send();
        Ask(
            reply, new ModelCall("c1", "nobody", JsonText.EmptyObject), new ModelCall("c2", "strict", JsonText.EmptyObject),
            new ModelCall("c3", "plain", JsonText.EmptyObject, new ToolError(ToolErrorCodes.InvalidArguments, "no object")), new ModelCall("c4", "plain", JsonText.EmptyObject));
        var batch = session.State.Messages[reply].Batches[^1];

        Assert.Equal(["unknown_tool", "invalid_arguments", "invalid_arguments", null], Enumerable.Range(0, 4).Select(i => session.Execution(batch, i).Error?.Code));
        Assert.Equal(ExecutionStatus.Pending, session.Execution(batch, 3).Status);
        Assert.Equal(BatchStatus.Executing, session.Batch(batch).Status);
    }

    [Theory]
    [InlineData(new string[0], "no tool is")]
    [InlineData(new[] { "again" }, "allowed are again")]
    public void Calls_OfToolsThatTheMessageDoesNotName_AreRefused(string[] named, string told)
    {
        var reply = session.Do(new SendMessage("hello", Tools: [.. named])).GetProperty("replyId").GetString()!;
        Ask(reply, new ModelCall("c1", "plain", JsonText.EmptyObject), new ModelCall("c2", "again", JsonText.EmptyObject));
        var batch = session.State.Messages[reply].Batches[^1];

        Assert.Equal("tool_not_allowed", session.Execution(batch, 0).Error?.Code);
        Assert.Contains(told, session.Execution(batch, 0).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(named.Length == 0 ? ExecutionStatus.Failed : ExecutionStatus.Pending, session.Execution(batch, 1).Status);
    }

    [Fact]
    public void Send_Settings_AreTheMessagesThenTheSessions()
    {
        session.Do(new ConfigureSession(new("""{"system":"Be brief.","temperature":0.5,"maxOutputTokens":3,"reasoning":"high","own":1}""")));
        var plain = session.Send();
        var own = session.Do(new SendMessage("hello", System: "Be kind.", MaxOutputTokens: 500, Reasoning: Effort.None)).GetProperty("replyId").GetString()!;

        Assert.Equal(new ModelSettings("Be brief.", 0.5, null, Effort.High), session.State.Messages[plain].Settings);
        Assert.Equal(new ModelSettings("Be kind.", 0.5, 500, Effort.None), session.State.Messages[own].Settings);
    }

    [Theory]
    [InlineData(2.1, null)]
    [InlineData(-0.1, null)]
    [InlineData(null, 15)]
    [InlineData(null, 1_000_001)]
    public void Send_SettingsThatCantBe_AreRefused(double? temperature, int? tokens) =>
        Assert.Equal(ErrorCode.InvalidCommand, session.Execute(new SendMessage("hello", Temperature: temperature, MaxOutputTokens: tokens)).Error?.Code);

    [Fact]
    public void Run_OwnCallIdsLikeSubstitutes_StayApart()
    {
        ToolInvocation nameless = new("plain", JsonText.EmptyObject);
        var batch = session.Do(new RunTools([nameless, nameless with { CallId = "call_0" }, nameless])).GetProperty("batchId").GetString()!;

        Assert.Equal(["call_1", "call_0", "call_2"], Enumerable.Range(0, 3).Select(i => session.Execution(batch, i).CallId));
    }

    [Fact]
    public void Calls_AllWrong_ResumeTheReplyAtOnce()
    {
        var reply = session.Send();
        Ask(reply, new ModelCall("c1", "nobody", JsonText.EmptyObject));

        Assert.Equal((MessageStatus.Resuming, "batch.failed"), (session.State.Messages[reply].Status, EventTypes.NameOf(session.Events[^2])));
    }

    [Fact]
    public void CancelMessage_WithABatch_EndsAllInOneAppendAndTheNextHasItsTurn()
    {
        var (reply, next) = (session.Send(), session.Send());
        Ask(reply, new ModelCall("c1", "plain", JsonText.EmptyObject), new ModelCall("c2", "plain", JsonText.EmptyObject));
        session.News();

        session.Do(new CancelMessage(reply));

        Assert.Equal(
            ["tool.cancelled", "tool.cancelled", "batch.progress", "batch.cancelled", "conversation.state", "conversation.state", "message.started"], session.News());
        Assert.Equal((MessageStatus.Cancelled, MessageStatus.Active), (session.State.Messages[reply].Status, session.State.Messages[next].Status));
    }

    [Fact]
    public void Rounds_MoreThanSixteen_AreAnError()
    {
        var reply = session.Send();
        for (var round = 1; round < 16; round++)
        {
            Ask(reply, new ModelCall("c1", "nobody", JsonText.EmptyObject));
            Assert.True(session.Report(reply, new ReplyHandOver()));
        }

        Ask(reply, new ModelCall("c1", "nobody", JsonText.EmptyObject));

        var state = session.State.Messages[reply];
        Assert.Equal((MessageStatus.Error, "too_many_rounds", false, 15), (state.Status, state.Error?.Code, state.Recoverable, state.Batches.Length));
    }

    [Fact]
    public void ModelFails_TheNextReplyHasItsTurn()
    {
        var (reply, next) = (session.Send(), session.Send());

        session.Report(reply, new ReplyModelFailed(1, 1, new("model_failed", "No.", true), TryAgain: false));

        Assert.Equal((MessageStatus.Error, MessageStatus.Active), (session.State.Messages[reply].Status, session.State.Messages[next].Status));
    }

    [Fact]
    public void Progress_ManyChanges_GoesOutTenTimesASecondAndLastAlways()
    {
        var batch = session.Run(10);
        session.StartAll(batch);
        for (var i = 0; i < 9; i++) session.Succeed(batch, i);
        Assert.DoesNotContain("batch.progress", session.News());
        session.Progress();
        Assert.Equal(["batch.progress"], session.News());
        session.Progress();
        Assert.Empty(session.News());

        session.Succeed(batch, 9);

        var last = session.Events.OfType<BatchProgressed>().Last();
        Assert.Equal((10, 0, 0, 100.0, 0L), (last.Completed, last.Executing, last.Pending, last.Percent, last.EtaMs));
    }

    [Theory]
    [InlineData(null, 60_000, false)]
    [InlineData(7, 7, false)]
    public void Plan_Timeout_IsTheCallsElseTheToolsElseTheDefault(int? asked, int expected, bool idempotent)
    {
        session.Do(new RunTools([new("plain", JsonText.EmptyObject, TimeoutMs: asked), new("maybe", new("""{"idempotent":true}"""), TimeoutMs: asked)]));

        var plans = session.State.Executions.Values.OrderBy(e => e.Index).Select(e => e.Plan).ToArray();
        Assert.Equal((expected, idempotent), (plans[0].TimeoutMs, plans[0].Idempotent));
        Assert.Equal((asked ?? 1_000, true), (plans[1].TimeoutMs, plans[1].Idempotent));
    }

    [Theory]
    [InlineData("""["plain"]""", true)]
    [InlineData("""["*"]""", true)]
    [InlineData("""["again"]""", false)]
    public void Plan_ApprovalByParameters_IsAskedFor(string tools, bool asked)
    {
        session.Do(new ConfigureSession(new($$"""{"approvalRequired":{{tools}}}""")));

        Assert.Equal(asked, session.Execution(session.Run(), 0).Plan.NeedsApproval);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"shell\"")]
    public void Approval_OfAnotherShapeFromEarlierVersions_GatesAll(string value) =>
        Assert.True(SessionParameters.AsksApproval(new($$"""{"approvalRequired":{{value}}}"""), "plain"));

    private void Ask(string reply, params ModelCall[] calls)
    {
        var state = session.State.Messages[reply];
        Assert.True(session.Report(reply, new ReplyAsksForTools(state.Round, state.Attempt, [.. calls], null)));
    }
}
