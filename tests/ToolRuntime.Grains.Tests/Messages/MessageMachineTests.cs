using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Machines;
using ToolRuntime.Messages;

namespace ToolRuntime.Grains.Tests.Messages;

public sealed class MessageMachineTests
{
    /// <summary>As the design has it. Each turn of the model also starts a round or an attempt with <c>message.started</c>.</summary>
    private static readonly DesignTable<MessageStatus, MessageTriggerKind> Design = new(
        ("Queued", "Activate", "Active", "conversation.state message.started"),
        ("Active", "Delta", "Active", "message.delta"),
        ("Active", "Reasoning", "Active", "message.reasoning"),
        ("Active", "AskForTools", "PausedForTools", "conversation.state"),
        ("Active", "AskForTools, round 16", "Error", "message.failed conversation.state"),
        ("PausedForTools", "BatchOver", "Resuming", "conversation.state"),
        ("Resuming", "HandOver", "Active", "conversation.state message.started"),
        ("Active", "Finish", "Completed", "message.completed conversation.state"),
        ("Active", "ModelFailed, transport", "Active", "message.started"),
        ("Active", "ModelFailed, transport, attempt 2", "Error", "message.failed conversation.state"),
        ("Active", "ModelFailed", "Error", "message.failed conversation.state"),
        ("Active", "ModelLost", "Active", "message.started"),
        ("Active", "ModelLost, attempt 2", "Error", "message.failed conversation.state"),
        ("Resuming", "ModelFailed", "Error", "message.failed conversation.state"),
        ("Resuming", "ModelFailed, transport", "Error", "message.failed conversation.state"),
        ("Error", "Retry, recoverable", "Active", "conversation.state message.started"),
        ("Queued", "Cancel", "Cancelled", "conversation.state"),
        ("Active", "Cancel", "Cancelled", "conversation.state"),
        ("PausedForTools", "Cancel", "Cancelled", "conversation.state"),
        ("Resuming", "Cancel", "Cancelled", "conversation.state"),
        ("Queued", "Pause", "Queued", "conversation.state"),
        ("Queued", "Resume, paused", "Queued", "conversation.state"),
        ("Queued", "MaxPauseElapsed, paused", "Queued", "conversation.state"),
        ("Active", "Pause", "Active", "conversation.state"),
        ("Active", "Resume, paused", "Active", "conversation.state"),
        ("Active", "MaxPauseElapsed, paused", "Active", "conversation.state"),
        ("PausedForTools", "Pause", "PausedForTools", "conversation.state"),
        ("PausedForTools", "Resume, paused", "PausedForTools", "conversation.state"),
        ("PausedForTools", "MaxPauseElapsed, paused", "PausedForTools", "conversation.state"),
        ("Resuming", "Pause", "Resuming", "conversation.state"),
        ("Resuming", "Resume, paused", "Resuming", "conversation.state"),
        ("Resuming", "MaxPauseElapsed, paused", "Resuming", "conversation.state"));

    private static readonly string[] Ended = ["Completed", "Error", "Cancelled"];

    private static readonly string[] FromModels = ["Delta", "Reasoning", "AskForTools", "Finish", "ModelFailed", "ModelLost"];

    public static TheoryData<string, string, string, string> Rows() => Design.Rows();

    public static TheoryData<string, string> Pairs() => DesignTable<MessageStatus, MessageTriggerKind>.Pairs();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_RowOfTheDesign_GivesItsEventsAndState(string from, string trigger, string to, string happened)
    {
        var state = Make(from) with
        {
            Round = trigger.Contains("round 16", StringComparison.Ordinal) ? 16 : 1,
            Attempt = trigger.Contains("attempt 2", StringComparison.Ordinal) ? 2 : 1,
            Recoverable = trigger.Contains("recoverable", StringComparison.Ordinal),
            Paused = trigger.Contains("paused", StringComparison.Ordinal),
            PausedAt = Executions.Now,
        };

        var decision = Decide(state, Cause(DesignTable<MessageStatus, MessageTriggerKind>.KindOf(trigger), state.Round, state.Attempt, trigger.Contains("transport", StringComparison.Ordinal)));

        Assert.Equal(happened, string.Join(' ', decision.Events.Select(EventTypes.NameOf)));
        Assert.Equal(Enum.Parse<MessageStatus>(to), After(state, decision).Status);
        Assert.All(decision.Events, e => Assert.Equal("m2", e.MessageId));
        Assert.All(decision.Events.OfType<ConversationStateChanged>(), e => Assert.Equal((state.Status, Enum.Parse<MessageStatus>(to)), (e.From, e.To)));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_EveryPair_IsLegalAsTheDesignSays(string from, string kind)
    {
        var decision = Decide(Make(from) with { Recoverable = true, Paused = kind is "Resume" or "MaxPauseElapsed", PausedAt = Executions.Now }, Cause(kind));

        if (Design.Has(from, kind)) Assert.True(decision.Applied);
        else if (Ended.Contains(from) && kind != "Retry") Assert.Equal(Decision.None, decision);
        else Assert.Equal((false, ErrorCode.Conflict), (decision.Applied, decision.Rejection?.Code));
    }

    [Fact]
    public void Table_Targets_AreTheDesigns() => Design.AssertSame(MessageMachine.Table);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_StaleRoundOrAttempt_ChangesNothing(string from, string kind)
    {
        if (!FromModels.Contains(kind)) return;
        var state = Make(from) with { Round = 2, Attempt = 2 };

        foreach (var (round, attempt) in ((int, int)[])[(1, 2), (3, 2), (2, 1), (2, 3)]) Assert.Equal(Decision.None, Decide(state, Cause(kind, round, attempt)));
    }

    [Fact]
    public void Retry_NotRecoverable_IsRefused() =>
        Assert.Equal(ErrorCode.Conflict, Decide(Make("Error"), new RetryReply()).Rejection?.Code);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ModelFailed_ForGood_SaysWhetherAPersonMayRetry(bool retryable)
    {
        var decision = Decide(Make("Active"), new ReplyModelFailed(1, 1, new("model_failed", "No.", retryable), TryAgain: false));

        Assert.Equal((retryable, "model_failed"), (((ConversationStateChanged)decision.Events[1]).Recoverable, ((ConversationStateChanged)decision.Events[1]).Reason));
        Assert.Equal(retryable, After(Make("Active"), decision).Recoverable);
    }

    [Fact]
    public void Retry_OfARound_VoidsItsTextAndLosesTheError()
    {
        var state = Make("Active");
        foreach (var happened in (SessionEvent[])
                 [
                     new MessageStarted("m", 1) { Attempt = 1 }, new MessageDelta(1, 0, "ä one. "), new BatchStarted(1, Executions.Now, 1, []) { BatchId = "b1" },
                     new MessageStarted("m", 2) { Attempt = 1 }, new MessageDelta(2, 0, "lost"), new MessageFailed(new("model_failed", "No.", true)),
                     new ConversationStateChanged(MessageStatus.Error, MessageStatus.Active, "model_failed", true),
                 ]) state = MessageMachine.Evolve(state, happened);
        Assert.Equal("ä one. lost", state.Text);

        var decision = Decide(state, new RetryReply());
        state = After(state, decision);

        Assert.Equal(("ä one. ", 2, 8, 0, null), (state.Text, state.Round, state.RoundOffset, state.RoundBytes, state.Error));
    }

    [Theory]
    [InlineData("Queued", "Activate")]
    [InlineData("Resuming", "HandOver")]
    public void Paused_WhatBeginsARound_Waits(string status, string kind) => Assert.Equal(Decision.None, Decide(Make(status) with { Paused = true }, Cause(kind)));

    [Fact]
    public void Paused_UntilItsEnd_SurvivesOtherChangesAndNoEnd()
    {
        var state = After(Make("Active"), Decide(Make("Active"), new PauseReply("alice")));
        Assert.Equal(ErrorCode.Conflict, Decide(state, new PauseReply("alice")).Rejection?.Code);
        state = After(state, Decide(state, Cause("AskForTools")));
        state = After(state, Decide(state, Cause("BatchOver")));
        Assert.Equal((MessageStatus.Resuming, true), (state.Status, state.Paused));

        Assert.Equal(Decision.None, Decide(state, new ReplyPauseElapsed(state.PausedAt!.Value.AddSeconds(1))));
        Assert.False(After(state, Decide(state, new ResumeReply("alice"))).Paused);
        Assert.False(After(state, Decide(state, new CancelReply("Cancelled."))).Paused);
        Assert.Equal(ErrorCode.Conflict, Decide(Make("Active"), new ResumeReply("alice")).Rejection?.Code);
    }

    [Fact]
    public void Delta_Repeated_IsAppliedOnce()
    {
        var state = Make("Active");
        var delta = new ReplyDelta(1, 1, 0, "grün");
        state = After(state, Decide(state, delta));

        Assert.Equal(Decision.None, Decide(state, delta));
        Assert.Equal("grün und", After(state, Decide(state, new ReplyDelta(1, 1, 5, " und"))).Text);
    }

    [Theory]
    [InlineData(0, "grün", "grün")]
    [InlineData(2, "ün und", "grün und")]
    [InlineData(5, "!", "grün!")]
    public void Evolve_OverlappingDelta_AddsOnlyWhatIsNew(long offset, string text, string expected)
    {
        var state = MessageMachine.Evolve(Make("Active"), new MessageDelta(1, 0, "grün"));
        state = MessageMachine.Evolve(state, new MessageDelta(1, offset, text));

        Assert.Equal(expected, state.Text);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(expected), state.RoundBytes);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 5L, 5L)]
    [InlineData(3L, 5L, 8L)]
    public void Sum_TotalsThatSomeGive_AreAdded(long? one, long? other, long? sum) =>
        Assert.Equal(new TokenUsage(3, 5, sum), MessageMachine.Sum(new(1, 2, one), new(2, 3, other)));

    [Fact]
    public void Finish_UsageOfAllRounds_IsSummed()
    {
        var state = Make("Active") with { Text = "all of it", Usage = new(10, 20) };

        var completed = (MessageCompleted)Decide(state, new ReplyFinished(1, 1, "stop", new(1, 2))).Events[0];

        Assert.Equal(("all of it", "stop", new TokenUsage(11, 22)), (completed.Text, completed.FinishReason, completed.Usage));
    }

    private static Decision Decide(MessageState state, MessageTrigger trigger) => MessageMachine.Decide(state, trigger, "directive");

    private static MessageState After(MessageState state, Decision decision)
    {
        foreach (var happened in decision.Events) state = MessageMachine.Evolve(state, happened);
        return state;
    }

    private static MessageTrigger Cause(string kind, int round = 1, int attempt = 1, bool transport = false) => kind switch
    {
        "Activate" => new ActivateReply(),
        "Delta" => new ReplyDelta(round, attempt, 0, "text"),
        "Reasoning" => new ReplyReasoning(round, attempt, 0, "hm"),
        "AskForTools" => new ReplyAsksForTools(round, attempt, [], null),
        "BatchOver" => new ReplyBatchEnded(),
        "HandOver" => new ReplyHandOver(),
        "Finish" => new ReplyFinished(round, attempt, "stop", null),
        "ModelFailed" => new ReplyModelFailed(round, attempt, new("model_failed", "No.", transport), transport),
        "ModelLost" => new ReplyModelLost(round, attempt),
        "Retry" => new RetryReply(),
        "Cancel" => new CancelReply("Cancelled by alice."),
        "Pause" => new PauseReply("alice"),
        "Resume" => new ResumeReply("alice"),
        "MaxPauseElapsed" => new ReplyPauseElapsed(Executions.Now),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static MessageState Make(string status) => new() { Id = "m2", Role = "assistant", At = Executions.Now, Status = Enum.Parse<MessageStatus>(status), Round = 1, Attempt = 1 };
}
