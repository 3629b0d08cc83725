using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Messages;

/// <summary>Replies from the message to their end, on a silo, with a model that follows a script.</summary>
public sealed class RepliesTests
{
    private static readonly Dictionary<string, object?> NoArguments = [];

    [Fact]
    public async Task Send_ModelWrites_DeltasGiveTheText()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Says("Grüße, ", "", "Welt", " 😀"));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        var seen = await watch.UntilAsync(Ended);
        var deltas = seen.OfType<MessageDelta>().ToArray();
        Assert.Equal("Grüße, Welt 😀", string.Concat(deltas.Select(d => d.Text)));
        Assert.Equal(deltas.Select((_, i) => (long)System.Text.Encoding.UTF8.GetByteCount(string.Concat(deltas.Take(i).Select(d => d.Text)))), deltas.Select(d => d.Offset));
        Assert.Equal("Grüße, Welt 😀", seen.OfType<MessageCompleted>().Single().Text);
    }

    [Fact]
    public async Task Send_ModelCallsTools_ResultsComeBackInCallOrder()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("c1", "plain", new() { ["a"] = 1 }), ("c2", "again", NoArguments)) : FakeModels.Says("Both done."));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);
        var tools = (await watch.NextAsync<BatchStarted>()).Tools;
        await watch.NextAsync<ToolStarted>();
        await watch.NextAsync<ToolStarted>();
        cluster.Tool("again").End(tools[1].ExecutionId, ToolResult.Success(new("""{"n":2}"""), "Second."));
        await watch.NextAsync<ToolCompleted>(e => e.ExecutionId == tools[1].ExecutionId);
        cluster.Tool("plain").End(tools[0].ExecutionId, ToolResult.Success(new("""{"n":1}"""), "First."));

        Assert.Equal("Both done.", (await watch.NextAsync<MessageCompleted>()).Text);
        var prompt = cluster.Models.Prompts[1];
        Assert.Equal(["c1", "c2"], prompt.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId));
        Assert.Equal(["c1", "c2"], Results(prompt).Select(r => r.CallId));
        Assert.Equal([1, 2], Results(prompt).Select(r => ((System.Text.Json.JsonElement)r.Result!).GetProperty("result").GetProperty("n").GetInt32()));
        Assert.Equal("""{"a":1}""", tools[0].Arguments.Json);
    }

    [Fact]
    public async Task Send_WrongCalls_FailAloneAndTheModelIsTold()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0
            ? FakeModels.Calls(("c1", "nobody", NoArguments), ("c2", "strict", NoArguments), ("c3", "plain", NoArguments))
            : FakeModels.Says("One of three."));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);
        var tools = (await watch.NextAsync<BatchStarted>()).Tools;
        await watch.NextAsync<ToolStarted>(e => e.ExecutionId == tools[2].ExecutionId);
        cluster.Tool("plain").End(tools[2].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "Done."));

        Assert.Equal((1, 2), await watch.NextAsync<BatchCompleted>() is var ended ? (ended.Successful, ended.Failed) : default);
        await watch.NextAsync<MessageCompleted>();
        Assert.Equal(
            ["unknown_tool", "invalid_arguments", null],
            Results(cluster.Models.Prompts[1]).Select(r => ((System.Text.Json.JsonElement)r.Result!).TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null));
    }

    [Theory]
    [InlineData("length", "maximal length")]
    [InlineData("content_filter", "filter")]
    public async Task Send_AnswerIsCutOff_NoCallOfItRunsAndTheModelIsTold(string finish, string told)
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? CutOff(finish) : FakeModels.Says("Shorter now."));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        var seen = await watch.UntilAsync(Ended);
        Assert.DoesNotContain(seen, e => e is ToolStarted);
        Assert.Equal(["cut_off", "cut_off"], seen.OfType<ToolFailed>().Select(e => e.Error.Code));
        Assert.All(Results(cluster.Models.Prompts[1]), r => Assert.Contains(told, Error(r).GetProperty("message").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_IdsThatCantBeTaken_GetOthersThatNobodyHas()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0
            ? FakeModels.Calls(("call_1", "nobody", NoArguments), ("a b", "nobody", NoArguments), ("call_1", "nobody", NoArguments), ("shell:0", "nobody", NoArguments))
            : FakeModels.Says("Done."));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        var tools = (await watch.NextAsync<BatchStarted>()).Tools;
        Assert.Equal(["call_1", "call_2", "call_3", "call_4"], tools.Select(t => t.CallId));
        await watch.NextAsync<MessageCompleted>();
    }

    [Fact]
    public async Task Send_ModelFailsInTheMiddle_AllItsTextComesBeforeTheFailure()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Fails(new InvalidOperationException("broken"), "one ", "two ", "three"));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        var seen = await watch.UntilAsync(e => e is MessageFailed);
        Assert.Equal("one two three", string.Concat(seen.OfType<MessageDelta>().Select(d => d.Text)));
    }

    [Fact]
    public async Task Send_HalvesOfCharacters_AreJoinedOrReplaced()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Says("a \ud83d", "\ude00 \ude00 b", "\ud83d"));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        Assert.Equal("a 😀 \uFFFD b\uFFFD", (await watch.NextAsync<MessageCompleted>()).Text);
    }

    [Fact]
    public async Task Send_SeveralRounds_KeepTheirTextAndTheirResults()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked < 3 ? Then($"Round {asked + 1}. ", ($"c{asked}", "nobody")) : FakeModels.Says("The end."));
        var watch = await cluster.WatchAsync();

        await SendAsync(cluster);

        var seen = await watch.UntilAsync(Ended);
        Assert.Equal("Round 1. Round 2. Round 3. The end.", seen.OfType<MessageCompleted>().Single().Text);
        Assert.Equal([1, 2, 3, 4], seen.OfType<MessageStarted>().Select(e => e.Round));
        Assert.Equal(["c0", "c1", "c2"], Results(cluster.Models.Prompts[3]).Select(r => r.CallId));
    }

    [Fact]
    public async Task Send_TransportFails_IsTriedOnceMoreThenByAPersonOnly()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked < 2 ? FakeModels.Fails(new HttpRequestException("down"), "partial") : FakeModels.Says("Back."));
        var watch = await cluster.WatchAsync();

        var reply = await SendAsync(cluster);
        var seen = await watch.UntilAsync(Ended);
        Assert.Equal([1, 2], seen.OfType<MessageStarted>().Select(e => e.Attempt));
        Assert.Equal((MessageStatus.Error, true), seen[^1] is ConversationStateChanged failed ? (failed.To, failed.Recoverable) : default);
        Assert.Equal(new ToolError("model_failed", "The model can't be reached.", true), seen.OfType<MessageFailed>().Single().Error);

        await cluster.DoAsync(new RetryMessage(reply));
        Assert.Equal("Back.", (await watch.NextAsync<MessageCompleted>()).Text);
    }

    [Fact]
    public async Task Send_ModelBreaks_IsAnErrorForGood()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Fails(new InvalidOperationException("a secret")));
        var watch = await cluster.WatchAsync();

        var reply = await SendAsync(cluster);

        var seen = await watch.UntilAsync(Ended);
        Assert.Equal((1, false), (seen.OfType<MessageStarted>().Count(), ((ConversationStateChanged)seen[^1]).Recoverable));
        Assert.DoesNotContain("secret", seen.OfType<MessageFailed>().Single().Error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Conflict, (await cluster.Session().ExecuteAsync("c1", new RetryMessage(reply), SessionCluster.Alice)).Error?.Code);
    }

    [Fact]
    public async Task Cancel_WhileTheModelWrites_StopsItAndKeepsTheText()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Models.Script((_, _, token) => WritesUntil(stopped, token));
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster);
        await watch.NextAsync<MessageDelta>();

        await cluster.DoAsync(new CancelMessage(reply));

        await stopped.Task.WaitAsync(Waits.Long);
        Assert.Equal(MessageStatus.Cancelled, (await watch.NextAsync<ConversationStateChanged>()).To);
    }

    [Fact]
    public async Task Send_WhileAnotherIsActive_WaitsAndSeesItsAnswer()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Models.Script((_, asked, _) => asked == 0 ? SaysAfter(release.Task, "First answer.") : FakeModels.Says("Second answer."));
        var watch = await cluster.WatchAsync();
        await SendAsync(cluster, "first");
        var second = await SendAsync(cluster, "second");

        release.SetResult();

        await watch.NextAsync<MessageCompleted>(e => e.MessageId == second);
        Assert.Equal(["first"], cluster.Models.Prompts[0].Select(m => m.Text));
        Assert.Equal(["first", "First answer.", "second"], cluster.Models.Prompts[1].Select(m => m.Text));
    }

    [Fact]
    public async Task Send_Interrupt_GoesBeforeWhatWaitsWhichThenSeesIt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var never = new TaskCompletionSource();
        cluster.Models.Script((prompt, _, _) => prompt[^1].Text == "first" ? SaysAfter(never.Task, "Never.") : FakeModels.Says("Answer."));
        var watch = await cluster.WatchAsync();
        var first = await SendAsync(cluster, "first");
        await watch.NextAsync<MessageStarted>();
        var second = await SendAsync(cluster, "second");

        var urgent = (await cluster.DoAsync(new SendMessage("urgent", Policy: QueuePolicy.Interrupt))).GetProperty("replyId").GetString();

        Assert.Equal(urgent, (await watch.NextAsync<MessageCompleted>()).MessageId);
        Assert.Equal(second, (await watch.NextAsync<MessageCompleted>()).MessageId);
        Assert.NotEqual(first, second);
        Assert.Equal(["first", "second", "urgent"], cluster.Models.Prompts[^2].Select(m => m.Text));
        Assert.Equal(["first", "urgent", "Answer.", "second"], cluster.Models.Prompts[^1].Select(m => m.Text));
    }

    [Fact]
    public async Task Send_Settings_ReachTheModelInEveryRound()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("c1", "nobody", NoArguments)) : FakeModels.Says("Done."));
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new SendMessage("hello", System: "Be kind.", Temperature: 0.5, MaxOutputTokens: 500, Reasoning: Effort.Medium));
        await watch.UntilAsync(Ended);

        Assert.Equal(2, cluster.Models.Options.Count);
        Assert.All(cluster.Models.Options, o => Assert.Equal(("Be kind.", 0.5f, 500, ReasoningEffort.Medium), (o!.Instructions, o.Temperature, o.MaxOutputTokens, o.Reasoning?.Effort)));
    }

    [Fact]
    public async Task Send_WhatAModelGivesForItself_GoesBackAcrossARestartAndIsNotShown()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked switch
        {
            0 => Giving(1, FakeModels.Calls(("c1", "nobody", NoArguments))),
            1 => Giving(2, FakeModels.Says("First.")),
            _ => FakeModels.Says("Second."),
        });
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster, "first");
        await watch.UntilAsync(Ended);
        await cluster.RestartAsync();
        await SendAsync(cluster, "second");
        await watch.UntilAsync(Ended);

        Assert.Equal(["""{"n":1}"""], Given(cluster.Models.Prompts[1]));
        Assert.Equal(["""{"n":1}""", """{"n":2}"""], Given(cluster.Models.Prompts[2]));
        Assert.All(cluster.Log.Entries(SessionCluster.Key("s1")), e => Assert.DoesNotContain("\"n\":", System.Text.Encoding.UTF8.GetString(e.Event.Json.Span), StringComparison.Ordinal));

        await cluster.DoAsync(new EditMessage(reply, "Another."));
        await SendAsync(cluster, "third");
        await watch.UntilAsync(Ended);
        Assert.Empty(Given(cluster.Models.Prompts[3]));
    }

    [Fact]
    public async Task Delete_WhatAModelGaveForItself_GoesFromTheLogToo()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? Giving(71, FakeModels.Calls(("c1", "nobody", NoArguments))) : Giving(72, FakeModels.Says("First.")));
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster, "first");
        await watch.UntilAsync(Ended);
        Assert.Equal(2, Notes());

        await cluster.DoAsync(new DeleteMessage(reply));
        await cluster.UntilAsync(() => Task.FromResult(Notes() == 0));

        int Notes() => cluster.Log.Entries(SessionCluster.Key("s1")).Count(e => System.Text.Encoding.UTF8.GetString(e.Private.Span).Contains("\"n\":7", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_AfterAReplyThatEndedBadly_TheModelSeesWhatItsToolsDid(bool cancelled)
    {
        await using var cluster = await SessionCluster.StartAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Models.Script((_, asked, token) => asked switch
        {
            0 => FakeModels.Calls(("c1", "plain", NoArguments)),
            1 => cancelled ? WritesUntil(stopped, token) : FakeModels.Fails(new InvalidOperationException("broken"), "half a "),
            _ => FakeModels.Says("ok"),
        });
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster, "first");
        cluster.Tool("plain").End((await watch.NextAsync<ToolStarted>()).ExecutionId!, ToolResult.Success(new("""{"n":1}"""), "One."));
        if (cancelled)
        {
            await watch.NextAsync<MessageDelta>();
            await cluster.DoAsync(new CancelMessage(reply));
        }

        await watch.UntilAsync(Ended);
        await SendAsync(cluster, "second");
        await watch.UntilAsync(Ended);

        var prompt = cluster.Models.Prompts[^1];
        Assert.Equal(["first", "", "", cancelled ? "begun" : "half a ", "second"], prompt.Select(m => m.Text));
        Assert.Equal(("c1", "c1"), (prompt.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Single().CallId, Results(prompt).Single().CallId));
    }

    [Fact]
    public async Task Send_AfterAnEdit_TheModelSeesTheNewText()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var first = await SendAsync(cluster, "first");
        await watch.UntilAsync(Ended);
        await SendAsync(cluster, "second");
        await watch.UntilAsync(Ended);

        await cluster.DoAsync(new EditMessage(first, "an edited answer"));
        await SendAsync(cluster, "third");
        await watch.UntilAsync(Ended);

        Assert.Equal(["first", "ok", "second"], cluster.Models.Prompts[1].Select(m => m.Text));
        Assert.Equal(["first", "an edited answer", "second", "ok", "third"], cluster.Models.Prompts[2].Select(m => m.Text));
    }

    [Fact]
    public async Task HandOver_AnswerIsLost_CostsNoAttempt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("c1", "nobody", NoArguments)) : FakeModels.Says("Done."));
        cluster.Log.AfterAppend = () =>
        {
            if (Starts(cluster) < 2) return Task.CompletedTask;
            cluster.Log.AfterAppend = null;
            throw new SessionLogUnavailableException("No answer.");
        };

        await SendAsync(cluster);
        await cluster.UntilAsync(() => Task.FromResult(cluster.Log.Entries(SessionCluster.Key("s1")).Any(e => e.Event.Type == "message.completed")));

        Assert.Null(cluster.Log.AfterAppend);
        Assert.Equal((2, 2), (Starts(cluster), cluster.Models.Prompts.Count));
    }

    [Fact]
    public async Task Restart_WhileTheModelWrites_IsTheNextAttempt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, token) => asked == 0 ? WritesUntil(new(), token) : FakeModels.Says("Whole."));
        var watch = await cluster.WatchAsync();
        await SendAsync(cluster);
        await watch.NextAsync<MessageDelta>();

        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();

        var seen = await watch.UntilAsync(Ended);
        Assert.Equal(2, seen.OfType<MessageStarted>().Single().Attempt);
        Assert.Equal("Whole.", seen.OfType<MessageCompleted>().Single().Text);
    }

    [Fact]
    public async Task Pause_WhileTheModelWrites_HoldsItsToolsAcrossARestartUntilResumed()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var go = new TaskCompletionSource();
        cluster.Models.Script((_, asked, _) => asked == 0 ? After(go.Task, FakeModels.Calls(("c1", "again", NoArguments))) : FakeModels.Says("Done."));
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster);
        await watch.NextAsync<MessageStarted>();

        await cluster.DoAsync(new PauseMessage(reply));
        go.SetResult();
        await watch.NextAsync<BatchPaused>();
        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();
        await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")));
        var held = await watch.UntilAsync(e => e is SessionConfigured);
        Assert.DoesNotContain(held, e => e is ToolStarted or MessageStarted);

        await cluster.DoAsync(new ResumeMessage(reply));
        var started = await watch.NextAsync<ToolStarted>();
        cluster.Tool("again").End(started.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "Done."));
        Assert.Equal("Done.", (await watch.NextAsync<MessageCompleted>()).Text);
    }

    [Fact]
    public async Task Pause_Cancelled_EndsAtOnce()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Calls(("c1", "plain", NoArguments)));
        var watch = await cluster.WatchAsync();
        var reply = await SendAsync(cluster);
        await watch.NextAsync<ToolStarted>();

        await cluster.DoAsync(new PauseMessage(reply));
        await cluster.DoAsync(new CancelMessage(reply));

        var seen = await watch.UntilAsync(Ended);
        Assert.Contains(seen, e => e is ToolSuspended);
        Assert.Contains(seen, e => e is ToolCancelled);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> After(Task when, IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        await when;
        await foreach (var update in updates) yield return update;
    }

    private static int Starts(SessionCluster cluster) => cluster.Log.Entries(SessionCluster.Key("s1")).Count(e => e.Event.Type == "message.started");

    private static bool Ended(SessionEvent happened) =>
        happened is ConversationStateChanged { To: MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled };

    private static FunctionResultContent[] Results(IEnumerable<ChatMessage> prompt) => [.. prompt.SelectMany(m => m.Contents).OfType<FunctionResultContent>()];

    private static async Task<string> SendAsync(SessionCluster cluster, string text = "hello") => (await cluster.DoAsync(new SendMessage(text))).GetProperty("replyId").GetString()!;

    private static async IAsyncEnumerable<ChatResponseUpdate> Then(string text, (string Id, string Tool) call)
    {
        await foreach (var update in FakeModels.Says(text)) yield return update;
        await foreach (var update in FakeModels.Calls((call.Id, call.Tool, NoArguments))) yield return update;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Giving(int n, IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        await foreach (var update in updates) yield return update;
        yield return new(ChatRole.Assistant, [new Models.ProviderContent(new($$"""{"n":{{n}}}"""))]);
    }

    private static IEnumerable<string> Given(IEnumerable<ChatMessage> prompt) => prompt.SelectMany(m => m.Contents).OfType<Models.ProviderContent>().Select(c => c.Parts.Json);

    private static System.Text.Json.JsonElement Error(FunctionResultContent result) => ((System.Text.Json.JsonElement)result.Result!).GetProperty("error");

    private static async IAsyncEnumerable<ChatResponseUpdate> CutOff(string finish)
    {
        await foreach (var update in FakeModels.Calls(("c1", "plain", new() { ["a"] = 1 }), ("c2", "plain", NoArguments))) yield return update;
        yield return new() { FinishReason = new(finish) };
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> SaysAfter(Task when, string text)
    {
        await when;
        yield return new(ChatRole.Assistant, text);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> WritesUntil(
        TaskCompletionSource stopped, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        using var registration = token.Register(() => stopped.TrySetResult());
        yield return new(ChatRole.Assistant, "begun");
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }
}
