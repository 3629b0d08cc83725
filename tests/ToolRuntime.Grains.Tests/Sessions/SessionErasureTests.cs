using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>What is deleted is gone from the view, from later prompts and from all that is stored, also when a crash comes between.</summary>
public sealed class SessionErasureTests
{
    private const string Secret = "SECRET";
    private static readonly SessionKey Key = SessionCluster.Key("s1");

    [Fact]
    public async Task DeleteMessage_EditedOne_IsGoneFromViewPromptsLogAndSnapshot()
    {
        await using var cluster = await SessionCluster.StartAsync(sessions: options => options.SnapshotEvery = 1);
        var watch = await cluster.WatchAsync();
        var first = await SayAsync(cluster, watch, $"{Secret} one");
        await cluster.DoAsync(new EditMessage(first.Message, $"{Secret} two"));
        await cluster.Snapshots.NextAsync(1);
        Assert.True(cluster.Log.Holds(Key, Secret));

        await cluster.DoAsync(new DeleteMessage(first.Message));

        Assert.False(cluster.Log.Holds(Key, Secret));
        Assert.Equal((1, 0), cluster.Snapshots.Count(Secret));
        var message = (await ViewAsync(cluster)).GetProperty("messages")[0];
        Assert.Equal(("", true), (message.GetProperty("text").GetString(), message.GetProperty("deleted").GetBoolean()));
        Assert.Equal("ok", (await ViewAsync(cluster)).GetProperty("messages")[1].GetProperty("text").GetString());
        await SayAsync(cluster, watch, "And now?");
        Assert.DoesNotContain(cluster.Models.Prompts[^1], m => m.Text.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(cluster.Models.Prompts[^1], m => m.Text == "ok");
    }

    [Fact]
    public async Task DeleteMessage_Reply_IsErasedWithItsDeltas()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Says($"{Secret} ", "is it.") : FakeModels.Says("ok"));
        var watch = await cluster.WatchAsync();
        var first = await SayAsync(cluster, watch, "What?");

        await cluster.DoAsync(new DeleteMessage(first.Reply));

        Assert.False(cluster.Log.Holds(Key, Secret));
        Assert.Equal(["conversation.state", "message.created"], cluster.Log.Entries(Key).Take(2).Select(e => e.Event.Type).Order());
        await SayAsync(cluster, watch, "And now?");
        Assert.DoesNotContain(cluster.Models.Prompts[^1], m => m.Text.Contains(Secret, StringComparison.Ordinal));
        await cluster.RestartAsync();
        var messages = (await ViewAsync(cluster)).GetProperty("messages");
        Assert.Equal(["What?", "", "And now?", "ok"], messages.EnumerateArray().Select(m => m.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task DeleteMessage_Reply_IsErasedWithItsCallsAndTheirOutputs()
    {
        await using var cluster = await SessionCluster.StartAsync(sessions: options => options.SnapshotEvery = 1);
        cluster.Models.Script((_, asked, _) => asked == 0
            ? FakeModels.Calls(("c1", "plain", new() { ["what"] = Secret }), ("c2", "echo", []), ("c3", "again", []), ("c4", "strict", new() { ["what"] = Secret }))
            : FakeModels.Says("ok"));
        var watch = await cluster.WatchAsync();
        var sent = await cluster.DoAsync(new SendMessage("What?"));
        var executions = (await watch.NextAsync<BatchStarted>()).Tools.Select(tool => tool.ExecutionId).ToArray();
        cluster.Tool("plain").End(executions[0], ToolResult.Success(new($$"""{"found":"{{Secret}}"}"""), $"{Secret} found."));
        cluster.Tool("again").End(executions[2], ToolResult.Failure(new("broken", $"{Secret} is broken.")));
        await watch.UntilAsync(e => e is ToolStarted && e.ExecutionId == executions[1]);
        cluster.Echo.MayRead.SetResult();
        await cluster.DoAsync(new WriteInput(executions[1], $"{Secret}\n", true));
        await watch.UntilAsync(e => e is ConversationStateChanged { To: MessageStatus.Completed });
        Assert.Contains(cluster.Log.Entries(Key), e => e.Event.Type == "tool.output");
        Assert.True(cluster.Log.Holds(Key, Secret));

        await cluster.DoAsync(new DeleteMessage(sent.GetProperty("replyId").GetString()!));

        Assert.False(cluster.Log.Holds(Key, Secret));
        Assert.Equal(0, cluster.Snapshots.Count(Secret).With);
        var view = await ViewAsync(cluster);
        Assert.Equal("{}", view.GetProperty("batches").GetRawText());
        Assert.Equal("{}", view.GetProperty("executions").GetRawText());
        Assert.Equal("[]", view.GetProperty("messages")[1].GetProperty("batches").GetRawText());
        await cluster.RestartAsync();
        Assert.Equal(view.GetRawText(), (await ViewAsync(cluster)).GetRawText());
    }

    [Fact]
    public async Task DeleteMessage_ItsToolWasCancelledWithAReason_ErasesThatToo()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("c1", "stubborn", [])) : FakeModels.Says("ok"));
        var watch = await cluster.WatchAsync();
        var sent = await cluster.DoAsync(new SendMessage("Go."));
        var started = await watch.NextAsync<ToolStarted>();
        await cluster.DoAsync(new CancelTool(started.ExecutionId!, Secret));
        await watch.NextAsync<ToolEnding>();
        cluster.Stubborn.MayEnd.SetResult();
        await watch.UntilAsync(e => e is ConversationStateChanged { To: MessageStatus.Completed });
        Assert.True(cluster.Log.Holds(Key, Secret));

        await cluster.DoAsync(new DeleteMessage(sent.GetProperty("replyId").GetString()!));

        Assert.False(cluster.Log.Holds(Key, Secret));
    }

    [Fact]
    public async Task DeleteMessage_OpenReplyOrUnknown_IsRefused()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => FakeModels.Calls(("c1", "plain", [])));
        var watch = await cluster.WatchAsync();
        var sent = await cluster.DoAsync(new SendMessage("Go."));
        await watch.NextAsync<ToolStarted>();

        Assert.Equal(ErrorCode.Conflict, await CodeAsync(cluster, new DeleteMessage(sent.GetProperty("messageId").GetString()!)));
        Assert.Equal(ErrorCode.NotFound, await CodeAsync(cluster, new DeleteMessage("nobody")));
        await cluster.DoAsync(new CancelMessage(sent.GetProperty("replyId").GetString()!));
        await cluster.DoAsync(new DeleteMessage(sent.GetProperty("messageId").GetString()!));
        Assert.Equal(ErrorCode.NotFound, await CodeAsync(cluster, new DeleteMessage(sent.GetProperty("messageId").GetString()!)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_CutOff_IsDoneByTheNextActivation(bool reset)
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var first = await SayAsync(cluster, watch, Secret);
        cluster.Log.BeforeErase = () => throw new SessionLogUnavailableException("The process dies here.");
        SessionCommand command = reset ? new ResetSession() : new DeleteMessage(first.Message);

        Assert.Equal(ErrorCode.Unavailable, (await cluster.Session().ExecuteAsync("d1", command, SessionCluster.Alice)).Error?.Code);
        Assert.True(cluster.Log.LastHeaderChange?.OpenWork);
        cluster.Log.BeforeErase = null;
        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();

        await cluster.UntilAsync(() => Task.FromResult(!cluster.Log.Holds(Key, Secret) && cluster.Log.LastHeaderChange?.OpenWork == false));
        Assert.Equal((1, 0), cluster.Snapshots.Count(Secret));
        Assert.Null((await cluster.RepeatAsync("d1", command)).Error);
    }

    [Fact]
    public async Task Reset_WorkOpen_EndsItThenDropsEverythingButParameters()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")), "c1");
        await SayAsync(cluster, watch, Secret);
        await cluster.DoAsync(new RunTools([new("plain", new($$"""{"x":"{{Secret}}"}"""))]));
        var started = await watch.NextAsync<ToolStarted>();
        cluster.Models.Script((_, _, _) => FakeModels.Calls(("c1", "plain", [])));
        await cluster.DoAsync(new SendMessage("Go."));
        await watch.NextAsync<ToolStarted>();
        await cluster.DoAsync(new SendMessage("Wait."));

        var answer = await cluster.DoAsync(new ResetSession(), "r1");

        var events = await watch.UntilAsync(e => e is SessionReset);
        Assert.Equal(2, events.Count(e => e is ToolCancelled));
        Assert.Equal(2, events.Count(e => e is BatchCancelled));
        Assert.Equal(2, events.Count(e => e is ConversationStateChanged { To: MessageStatus.Cancelled }));
        Assert.Contains(events, e => e.Seq == answer.GetProperty("seq").GetInt64());
        var view = await ViewAsync(cluster);
        Assert.Equal("""{"a":1}""", view.GetProperty("parameters").GetRawText());
        Assert.Equal((0, "{}", "{}"), (view.GetProperty("messages").GetArrayLength(), view.GetProperty("batches").GetRawText(), view.GetProperty("executions").GetRawText()));
        Assert.False(cluster.Log.Holds(Key, Secret));
        Assert.Equal((1, 0), cluster.Snapshots.Count(Secret));
        Assert.Equal(events[^1].Seq, (await cluster.Log.GetHeaderAsync(Key))!.First);
        Assert.Equal(answer.GetRawText(), (await cluster.DoAsync(new ResetSession(), "r1")).GetRawText());
        Assert.Equal(1, (await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")), "c1")).GetProperty("seq").GetInt64());
        await cluster.UntilAsync(() => Task.FromResult(!cluster.Runs(started.ExecutionId!)));
        await cluster.RestartAsync();
        Assert.Equal(events[^1].Seq, (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.Seq);
        Assert.Equal(events[^1].Seq + 1, (await cluster.DoAsync(new SendMessage("Anew."))).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Delete_WorkOpen_LeavesNothingAndTheNextOpeningBeginsAnew()
    {
        await using var cluster = await SessionCluster.StartAsync(sessions: options => options.SnapshotEvery = 1);
        var watch = await cluster.WatchAsync();
        await SayAsync(cluster, watch, Secret);
        await cluster.DoAsync(new ShareSession(["bob"]));
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]));
        var started = await watch.NextAsync<ToolStarted>();
        Directory.CreateDirectory(cluster.Workspace);
        var epoch = (await cluster.Log.GetHeaderAsync(Key))!.Epoch;

        Assert.Equal(ErrorCode.Forbidden, await CodeAsync(cluster, new DeleteSession(), SessionCluster.Bob));
        Assert.Equal("{}", (await cluster.DoAsync(new DeleteSession(), "d1")).GetRawText());

        await watch.UntilAsync(e => e is SessionReset);
        Assert.Equal("alice", (await watch.NextFrameAsync()).DeletedBy);
        Assert.Null(await cluster.Log.GetHeaderAsync(Key));
        Assert.Equal(0, cluster.Snapshots.Count(Secret).All);
        Assert.False(Directory.Exists(cluster.Workspace));
        Assert.False(cluster.Runs(started.ExecutionId!));
        Assert.DoesNotContain((await cluster.ReminderTable.ReadRows(0, 0)).Reminders, r => r.ReminderName == "work");
        Assert.Equal("{}", (await cluster.DoAsync(new DeleteSession(), "d1")).GetRawText());
        Assert.Equal(ErrorCode.NotFound, await CodeAsync(cluster, new CancelBatch(started.BatchId!)));
        var again = (await cluster.Session().OpenAsync(SessionCluster.Bob)).Value!;
        Assert.NotEqual(epoch, again.Epoch);
        Assert.Equal((0, "bob"), (again.Seq, JsonDocument.Parse(again.View).RootElement.GetProperty("owner").GetString()));
    }

    [Fact]
    public async Task Delete_WhileAMessageIsErased_LeavesNoSnapshot()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var said = await SayAsync(cluster, watch, Secret);
        var (erasing, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Log.BeforeErase = async () =>
        {
            cluster.Log.BeforeErase = null;
            cluster.Log.AfterErase = () => goOn.Task;
            erasing.SetResult();
            await Task.Yield();
        };
        var deletion = cluster.Session().ExecuteAsync("m1", new DeleteMessage(said.Message), SessionCluster.Alice);
        await erasing.Task.WaitAsync(Waits.Long);

        Assert.Equal("{}", (await cluster.DoAsync(new DeleteSession())).GetRawText());
        goOn.SetResult();

        Assert.True((await deletion.WaitAsync(Waits.Long)).Succeeded);
        Assert.Equal((0, 0), cluster.Snapshots.Count(Secret));
    }

    [Fact]
    public async Task Delete_CutOff_IsDoneByTheNextActivation()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        await SayAsync(cluster, watch, Secret);
        cluster.Log.BeforeErase = () => throw new SessionLogUnavailableException("The process dies here.");

        Assert.Equal(ErrorCode.Unavailable, (await cluster.Session().ExecuteAsync("d1", new DeleteSession(), SessionCluster.Alice)).Error?.Code);
        Assert.True(cluster.Log.LastHeaderChange?.OpenWork);
        cluster.Log.BeforeErase = null;
        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();

        await cluster.UntilAsync(async () => await cluster.Log.GetHeaderAsync(Key) is null);
        Assert.Equal("{}", (await cluster.RepeatAsync("d1", new DeleteSession())).Value.Json);
        Assert.Equal(1, (await cluster.DoAsync(new SendMessage("Anew."))).GetProperty("seq").GetInt64());
    }

    private static async Task<(string Message, string Reply)> SayAsync(SessionCluster cluster, EventsWatch watch, string text)
    {
        var sent = await cluster.DoAsync(new SendMessage(text));
        await watch.UntilAsync(e => e is ConversationStateChanged { To: MessageStatus.Completed });
        return (sent.GetProperty("messageId").GetString()!, sent.GetProperty("replyId").GetString()!);
    }

    private static async Task<ErrorCode?> CodeAsync(SessionCluster cluster, SessionCommand command, Caller? caller = null) =>
        (await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), command, caller ?? SessionCluster.Alice)).Error?.Code;

    private static async Task<JsonElement> ViewAsync(SessionCluster cluster) =>
        JsonDocument.Parse((await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View).RootElement;
}
