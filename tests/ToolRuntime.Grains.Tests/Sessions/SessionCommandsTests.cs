using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionCommandsTests
{
    private static readonly ToolInvocation Plain = new("plain", JsonText.EmptyObject);

    private readonly SessionRig session = new();

    public static TheoryData<string> Refused => [.. WrongRuns.Keys];

    private static Dictionary<string, (RunTools Command, ErrorCode Code, string? Details)> WrongRuns { get; } = new()
    {
        ["no calls"] = (new([]), ErrorCode.InvalidCommand, null),
        ["too many calls"] = (new([.. Enumerable.Repeat(Plain, 1_001)]), ErrorCode.InvalidCommand, null),
        ["no time"] = (new([Plain], MaxWaitMs: 0), ErrorCode.InvalidCommand, null),
        ["too much time"] = (new([Plain], MaxWaitMs: 86_400_001), ErrorCode.InvalidCommand, null),
        ["none parallel"] = (new([Plain], MaxParallel: 0), ErrorCode.InvalidCommand, null),
        ["too many parallel"] = (new([Plain], MaxParallel: 1_001), ErrorCode.InvalidCommand, null),
        ["no time for an attempt"] = (new([Plain with { TimeoutMs = 0 }]), ErrorCode.InvalidCommand, null),
        ["no id"] = (new([Plain with { CallId = "not an id" }]), ErrorCode.InvalidCommand, null),
        ["an id twice"] = (new([Plain with { CallId = "c" }, Plain with { CallId = "c" }]), ErrorCode.InvalidCommand, null),
        ["unknown tool"] = (new([Plain, new("nobody", JsonText.EmptyObject)]), ErrorCode.NotFound, """{"index":1,"path":"/tool","reason":"unknown tool"}"""),
        ["wrong arguments"] = (new([Plain, Plain, new("strict", JsonText.EmptyObject)]), ErrorCode.InvalidArguments, """{"index":2,"path":"","reason":"must have the property 'path'"}"""),
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void RunTools_AnythingWrong_IsRefusedWhole(string what)
    {
        var (command, code, details) = WrongRuns[what];

        var (_, error) = session.Execute(command);

        Assert.Equal((code, false, details), (error?.Code, error?.Retryable, error?.Details?.Json));
        Assert.Empty(session.Events);
    }

    [Fact]
    public void RunTools_Right_AnswersIdsInCallOrderAndTheFirstSeq()
    {
        session.Do(new ConfigureSession(JsonText.EmptyObject));
        var answer = session.Do(new RunTools([Plain with { CallId = "mine" }, Plain], 1_000, 4));

        var started = session.Events.OfType<BatchStarted>().Single();
        Assert.Equal(started.Tools.Select(t => t.ExecutionId), answer.GetProperty("executionIds").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal((started.BatchId, 2L), (answer.GetProperty("batchId").GetString(), answer.GetProperty("seq").GetInt64()));
        Assert.Equal(2, started.Seq);
        Assert.Equal(["mine", "call_1"], started.Tools.Select(t => t.CallId));
        Assert.Equal((4, session.Time.GetUtcNow().AddSeconds(1)), (started.MaxParallel, started.Deadline));
    }

    [Theory]
    [InlineData(null, "other")]
    [InlineData("fake", "fake")]
    public void Send_SessionNamesAModel_IsTheOneUnlessTheMessageNamesAnother(string? asked, string model)
    {
        session.Do(new ConfigureSession(new("""{"model":"other"}""")));
        session.Do(new SendMessage("hello", asked));

        Assert.Equal(model, session.Events.OfType<MessageStarted>().Single().Model);
    }

    [Fact]
    public void Send_SessionNamesAnUnknownModel_IsRefused()
    {
        session.Do(new ConfigureSession(new("""{"model":"nobody"}""")));

        Assert.Equal(ErrorCode.NotFound, session.Execute(new SendMessage("hello")).Error?.Code);
    }

    [Fact]
    public void Send_First_IsActiveAtOnce()
    {
        var answer = session.Do(new SendMessage("hello"));

        Assert.Equal(["message.created", "conversation.state", "conversation.state", "message.started"], session.News());
        Assert.Equal((1, session.Events[0].MessageId, session.Events[1].MessageId), (answer.GetProperty("seq").GetInt64(), answer.GetProperty("messageId").GetString(), answer.GetProperty("replyId").GetString()));
        Assert.Null(((ConversationStateChanged)session.Events[1]).From);
    }

    [Fact]
    public void Send_Queue_WaitsForItsTurnUpToTwenty()
    {
        var first = session.Send();
        for (var i = 0; i < 20; i++) Assert.Equal(MessageStatus.Queued, Status(session.Send()));
        var before = session.State;

        var (_, error) = session.Execute(new SendMessage("one too many"));

        Assert.Equal(ErrorCode.QuotaExceeded, error?.Code);
        Assert.Same(before, session.State);
        Assert.True(session.Report(first, new ReplyFinished(1, 1, "stop", null)));
        Assert.Equal(MessageStatus.Queued, Status(session.Send()));
    }

    [Fact]
    public void Send_Interrupt_CancelsWhatIsActiveAndGoesBeforeWhatWaits()
    {
        var (first, second) = (session.Send(), session.Send());

        var third = session.Send(policy: QueuePolicy.Interrupt);

        Assert.Equal((MessageStatus.Cancelled, MessageStatus.Queued, MessageStatus.Active), (Status(first), Status(second), Status(third)));
        session.Report(third, new ReplyFinished(1, 1, "stop", null));
        Assert.Equal((MessageStatus.Active, MessageStatus.Completed), (Status(second), Status(third)));
    }

    [Fact]
    public void Send_InterruptWhileTwentyWait_IsTaken()
    {
        session.Send();
        var waiting = Enumerable.Range(0, 20).Select(_ => session.Send()).ToList();

        var urgent = session.Send(policy: QueuePolicy.Interrupt);

        Assert.Equal(MessageStatus.Active, Status(urgent));
        Assert.All(waiting, id => Assert.Equal(MessageStatus.Queued, Status(id)));
    }

    [Fact]
    public void Send_InterruptWhileAllThatWaitIsHeld_GoesAtOnce()
    {
        var first = session.Send();
        var held = session.Send();
        session.Do(new PauseMessage(held));
        session.Report(first, new ReplyFinished(1, 1, "stop", null));

        var urgent = session.Send(policy: QueuePolicy.Interrupt);

        Assert.Equal((MessageStatus.Queued, MessageStatus.Active), (Status(held), Status(urgent)));
    }

    [Theory]
    [InlineData("\"plain\"", ErrorCode.InvalidCommand)]
    [InlineData("true", ErrorCode.InvalidCommand)]
    [InlineData("false", ErrorCode.InvalidCommand)]
    [InlineData("{}", ErrorCode.InvalidCommand)]
    [InlineData("7", ErrorCode.InvalidCommand)]
    [InlineData("[1]", ErrorCode.InvalidCommand)]
    [InlineData("[[\"plain\"]]", ErrorCode.InvalidCommand)]
    [InlineData("[\"plain\",null]", ErrorCode.InvalidCommand)]
    [InlineData("[\"nobody\"]", ErrorCode.NotFound)]
    [InlineData("[\"*\",\"Plain\"]", ErrorCode.NotFound)]
    [InlineData("[\"\"]", ErrorCode.NotFound)]
    public void Configure_ApprovalThatWouldGateNothing_IsRefused(string value, ErrorCode code)
    {
        var error = session.Execute(new ConfigureSession(new($$"""{"approvalRequired":{{value}},"a":1}"""))).Error;

        Assert.Equal((code, false), (error!.Code, error.Retryable));
        Assert.Empty(session.Events);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[\"plain\",\"*\"]")]
    public void Configure_ApprovalByNames_IsTaken(string value) =>
        Assert.Null(session.Execute(new ConfigureSession(new($$"""{"approvalRequired":{{value}}}"""))).Error);

    [Fact]
    public void Send_Reject_ConflictsWithAnOpenReply()
    {
        var first = session.Send(policy: QueuePolicy.Reject);
        Assert.Equal(ErrorCode.Conflict, session.Execute(new SendMessage("x", Policy: QueuePolicy.Reject)).Error?.Code);

        session.Report(first, new ReplyFinished(1, 1, "stop", null));
        Assert.Null(session.Execute(new SendMessage("x", Policy: QueuePolicy.Reject)).Error);
    }

    [Fact]
    public void Send_WrongParts_AreRefused()
    {
        Assert.Equal(ErrorCode.InvalidCommand, session.Execute(new SendMessage("  ")).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, session.Execute(new SendMessage("x", Model: "nobody")).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, session.Execute(new SendMessage("x", Tools: ["plain", "nobody"])).Error?.Code);
        Assert.Empty(session.Events);
    }

    [Fact]
    public void Commands_ForWhatIsNotThere_AreNotFound()
    {
        foreach (var command in (SessionCommand[])
                 [
                     new CancelMessage("m"), new RetryMessage("m"), new PauseMessage("m"), new ResumeMessage("m"), new EditMessage("m", "x"),
                     new CancelBatch("b"), new PauseBatch("b"), new ResumeBatch("b"), new CancelTool("x"), new ApproveTool("x"), new DenyTool("x"),
                 ]) Assert.Equal(ErrorCode.NotFound, session.Execute(command).Error?.Code);
    }

    [Fact]
    public void Commands_ForWhatHasEnded_Conflict()
    {
        var (reply, batch) = (session.Send(), session.Run());
        session.Do(new CancelMessage(reply));
        session.Do(new CancelBatch(batch));
        var execution = session.Execution(batch, 0).Id;
        var before = session.State;

        foreach (var command in (SessionCommand[])
                 [
                     new CancelMessage(reply), new RetryMessage(reply), new PauseMessage(reply), new CancelBatch(batch), new PauseBatch(batch), new ResumeBatch(batch),
                     new CancelTool(execution), new ApproveTool(execution), new DenyTool(execution),
                 ]) Assert.Equal(ErrorCode.Conflict, session.Execute(command).Error?.Code);
        Assert.Same(before, session.State);
    }

    [Fact]
    public void CancelTool_OneOfTwo_LeavesTheOther()
    {
        var batch = session.Run(2);
        session.StartAll(batch);

        session.Do(new CancelTool(session.Execution(batch, 0).Id, "Enough."));

        Assert.Equal((ExecutionStatus.Cancelled, "Enough."), (session.Execution(batch, 0).Status, session.Execution(batch, 0).Error?.Message));
        Assert.Equal((ExecutionStatus.Executing, BatchStatus.Executing), (session.Execution(batch, 1).Status, session.Batch(batch).Status));
    }

    [Fact]
    public void PauseMessage_ItsOpenBatch_IsPausedAndResumed()
    {
        var reply = session.Send();
        session.Report(reply, new ReplyAsksForTools(1, 1, [new("c", "plain", JsonText.EmptyObject)], null));
        var batch = session.State.Messages[reply].Batches[0];

        session.Do(new PauseMessage(reply));
        Assert.Equal((BatchStatus.Paused, true), (session.Batch(batch).Status, session.State.Messages[reply].Paused));
        Assert.Equal(ErrorCode.Conflict, session.Execute(new PauseMessage(reply)).Error?.Code);
        session.Do(new ResumeMessage(reply));
        Assert.Equal((BatchStatus.Executing, false), (session.Batch(batch).Status, session.State.Messages[reply].Paused));
        Assert.Equal(ErrorCode.Conflict, session.Execute(new ResumeMessage(reply)).Error?.Code);
        session.Do(new PauseBatch(batch));
        session.Do(new ResumeMessage(reply));
        Assert.Equal(BatchStatus.Executing, session.Batch(batch).Status);
    }

    [Fact]
    public void PauseMessage_WhileItsModelWrites_HoldsTheBatchAndTheRoundAfterIt()
    {
        var reply = session.Send();
        session.Do(new PauseMessage(reply));

        session.Report(reply, new ReplyAsksForTools(1, 1, [new("c", "plain", JsonText.EmptyObject)], null));
        var batch = session.State.Messages[reply].Batches[0];
        Assert.Equal(BatchStatus.Paused, session.Batch(batch).Status);
        session.Do(new ResumeBatch(batch));
        session.Do(new CancelBatch(batch));
        Assert.False(session.Report(reply, new ReplyHandOver()));
        Assert.Equal(MessageStatus.Resuming, session.State.Messages[reply].Status);

        session.Do(new ResumeMessage(reply));
        Assert.True(session.Report(reply, new ReplyHandOver()));
        Assert.Equal((MessageStatus.Active, 2), (session.State.Messages[reply].Status, session.State.Messages[reply].Round));
    }

    [Fact]
    public void PauseMessage_Queued_LetsTheNextOneGoFirst()
    {
        var (first, second, third) = (session.Send(), session.Send(), session.Send());
        session.Do(new PauseMessage(second));

        session.Report(first, new ReplyFinished(1, 1, "stop", null));
        Assert.Equal((MessageStatus.Queued, MessageStatus.Active), (session.State.Messages[second].Status, session.State.Messages[third].Status));
        session.Do(new ResumeMessage(second));
        Assert.Equal(MessageStatus.Queued, session.State.Messages[second].Status);
        session.Report(third, new ReplyFinished(1, 1, "stop", null));

        Assert.Equal(MessageStatus.Active, session.State.Messages[second].Status);
    }

    [Fact]
    public void PauseMessage_TooLong_EndsWithItsBatchsPauseOrByItself()
    {
        var reply = session.Send();
        session.Do(new PauseMessage(reply));
        var since = session.State.Messages[reply].PausedAt!.Value;
        Assert.True(session.Report(reply, new ReplyPauseElapsed(since)));
        Assert.False(session.State.Messages[reply].Paused);

        session.Do(new PauseMessage(reply));
        session.Report(reply, new ReplyAsksForTools(1, 1, [new("c", "plain", JsonText.EmptyObject)], null));
        Assert.True(session.Report(session.State.Messages[reply].Batches[0], new BatchTrigger(BatchTriggerKind.MaxPauseElapsed, "runtime")));
        Assert.False(session.State.Messages[reply].Paused);
    }

    [Fact]
    public void Retry_Recoverable_GoesOnOnceNobodyElseIsActive()
    {
        var (reply, next) = (session.Send(), session.Send());
        session.Report(reply, new ReplyModelFailed(1, 1, new("model_failed", "No.", true), TryAgain: false));
        Assert.Equal(ErrorCode.Conflict, session.Execute(new RetryMessage(reply)).Error?.Code);
        session.Report(next, new ReplyFinished(1, 1, "stop", null));

        session.Do(new RetryMessage(reply));

        Assert.Equal(MessageStatus.Active, session.State.Messages[reply].Status);
        Assert.Contains(reply, session.State.OpenReplies);
    }

    [Fact]
    public void Edit_WhileAReplyIsOpen_ConflictsElseChangesTheText()
    {
        var reply = session.Send("old");
        var message = session.Events[0].MessageId!;
        Assert.Equal(ErrorCode.Conflict, session.Execute(new EditMessage(message, "new")).Error?.Code);
        session.Report(reply, new ReplyFinished(1, 1, "stop", null));

        session.Do(new EditMessage(message, "new"));

        Assert.Equal(("new", true), (session.State.Messages[message].Text, session.State.Messages[message].Edited));
    }

    [Fact]
    public void Configure_Members_AreMergedAndRemovedByNull()
    {
        session.Do(new ConfigureSession(new("""{"a":1,"b":{"c":2}}""")));
        session.Do(new ConfigureSession(new("""{"a":null,"b":{"d":3},"e":"x"}""")));

        Assert.Equal("""{"b":{"d":3},"e":"x"}""", session.State.Parameters.Json);
        Assert.Equal(session.State.Parameters, ((SessionConfigured)session.Events[^1]).Parameters);
    }

    [Fact]
    public void Configure_WrongOrTooLarge_IsRefused()
    {
        Assert.Equal(ErrorCode.InvalidCommand, session.Execute(new ConfigureSession(new("[]"))).Error?.Code);
        Assert.Equal(ErrorCode.TooLarge, session.Execute(new ConfigureSession(new($$"""{"a":"{{new string('x', 65_536)}}"}"""))).Error?.Code);
        Assert.Empty(session.Events);
    }

    [Fact]
    public void Share_Subjects_AreSetWhole()
    {
        session.Do(new ShareSession(["bob", "carol", "bob"]));
        Assert.Equal(["bob", "carol"], session.State.Members.AsEnumerable());
        session.Do(new ShareSession(["dave"]));
        Assert.Equal(["dave"], session.State.Members.AsEnumerable());
        Assert.Equal(ErrorCode.InvalidCommand, session.Execute(new ShareSession(["not an id"])).Error?.Code);
    }

    [Fact]
    public void Commands_MoreThanAThousand_ForgetTheOldest()
    {
        for (var i = 0; i < 1_002; i++) session.Do(new ConfigureSession(new($$"""{"i":{{i}}}""")));

        Assert.Equal((1_000, 1_000), (session.State.Commands.Count, session.State.CommandOrder.Count()));
        Assert.DoesNotContain("alice/command-2", session.State.Commands.Keys);
        Assert.Equal("""{"seq":3}""", session.State.Commands["alice/command-3"].Answer.Json);
    }

    private MessageStatus Status(string message) => session.State.Messages[message].Status;
}
