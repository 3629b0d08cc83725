using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>A caller's limits at the session's grain.</summary>
public sealed class SessionLimitsTests
{
    private static readonly Caller One = new("alice", Limits: new(1, 0, 0));

    [Fact]
    public async Task RunTools_AsManyRunningAsAllowed_IsRateLimitedUntilOneHasEnded()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var running = await StartAsync(cluster, watch, 1);

        var refused = await cluster.Session("s2").ExecuteAsync("c2", Run(1), One);
        Assert.Equal((ErrorCode.RateLimited, true), (refused.Error!.Code, refused.Error.Retryable));
        Assert.True(refused.Error.RetryAfterMs > 0);
        await cluster.DoAsync(Run(1), caller: new("bob", AllSessions: true, Limits: One.Limits));
        cluster.Tool("plain").End(running[0], ToolResult.Success(JsonText.EmptyObject, "done"));
        await cluster.UntilAsync(async () => (await cluster.Session("s2").ExecuteAsync("c2", Run(1), One)).Succeeded);
    }

    [Fact]
    public async Task RunTools_RepeatedWhileFull_GetsItsFirstAnswer()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var first = await cluster.DoAsync(Run(1), "c1", One);
        await watch.NextAsync<ToolStarted>();

        var again = await cluster.DoAsync(Run(1), "c1", One);

        Assert.Equal(first.GetRawText(), again.GetRawText());
    }

    [Fact]
    public async Task Commands_WhileStoredBytesAreRead_AreDecidedInTheirOrder()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var caller = new Caller("alice", Limits: new(0, 1_000_000, 0));
        await cluster.DoAsync(Configure(0));
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Log.BeforeStoredBytes = read.Task;

        var session = cluster.Session();
        var first = session.ExecuteAsync("c1", Configure(1), caller);
        await cluster.UntilAsync(() => Task.FromResult(cluster.Log.BeforeStoredBytes is null));
        var others = Enumerable.Range(2, 20).Select(i => session.ExecuteAsync($"c{i}", i % 2 == 0 ? Configure(i) : new ShareSession([$"s{i}"]), caller)).ToArray();
        Assert.Equal(1, (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.Seq);
        read.SetResult();

        var seqs = (await Task.WhenAll([first, .. others])).Select(reply => reply.Value.ToElement().GetProperty("seq").GetInt64());
        Assert.Equal(Enumerable.Range(2, 21).Select(i => (long)i), seqs);
    }

    [Fact]
    public async Task Batch_WiderThanTheLimit_RunsOneAfterTheOther()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(Run(3), caller: One);

        for (var i = 0; i < 3; i++)
        {
            var started = await watch.NextAsync<ToolStarted>();
            Assert.Equal(1, started.Parallel);
            cluster.Tool("plain").End(started.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "done"));
        }

        Assert.Equal(3, (await watch.NextAsync<BatchCompleted>()).Successful);
    }

    [Fact]
    public async Task Cancel_RunningAndWaiting_GivesEveryPlaceBack()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var answer = await cluster.DoAsync(Run(5), caller: One);
        await watch.NextAsync<ToolStarted>();

        await cluster.DoAsync(new CancelBatch(answer.GetProperty("batchId").GetString()!), caller: One);
        await watch.NextAsync<BatchCancelled>();

        await cluster.UntilAsync(async () => (await cluster.Session().ExecuteAsync("again", Run(1), One)).Succeeded);
        await watch.NextAsync<ToolStarted>();
    }

    [Fact]
    public async Task Pause_WithOneWaiting_LeavesThePlaceToOthersAndStartsItAfterTheResume()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var elsewhere = await cluster.WatchAsync("s2");
        var answer = await cluster.DoAsync(Run(2), caller: One);
        var first = (await watch.NextAsync<ToolStarted>()).ExecutionId!;
        var batch = answer.GetProperty("batchId").GetString()!;

        await cluster.DoAsync(new PauseBatch(batch), caller: One);
        cluster.Tool("plain").End(first, ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<ToolCompleted>();
        await cluster.UntilAsync(async () => (await cluster.Session("s2").ExecuteAsync("c2", Run(1), One)).Succeeded);
        var other = (await elsewhere.NextAsync<ToolStarted>()).ExecutionId!;
        await cluster.DoAsync(new ResumeBatch(batch), caller: One);
        cluster.Tool("plain").End(other, ToolResult.Success(JsonText.EmptyObject, "done"));

        Assert.NotEqual(first, (await watch.NextAsync<ToolStarted>()).ExecutionId);
    }

    [Fact]
    public async Task Message_ModelsCallsWhileFull_WaitForAPlace()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var running = await StartAsync(cluster, watch, 1);
        cluster.Models.Script((_, asked, _) => asked == 0 ? FakeModels.Calls(("k1", "plain", [])) : FakeModels.Says("ok"));

        await cluster.DoAsync(new SendMessage("hi"), caller: One);
        var waiting = (await watch.NextAsync<BatchStarted>()).Tools[0].ExecutionId;
        cluster.Tool("plain").End(running[0], ToolResult.Success(JsonText.EmptyObject, "done"));
        Assert.Equal(running[0], (await watch.NextAsync<ToolCompleted>()).ExecutionId);
        Assert.Equal(waiting, (await watch.NextAsync<ToolStarted>()).ExecutionId);
        cluster.Tool("plain").End(waiting, ToolResult.Success(JsonText.EmptyObject, "done"));

        await watch.NextAsync<MessageCompleted>();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Execute_QuotaUsedUp_RefusesWhatAddsAndLetsTheRestThrough(long owner, long tenant)
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite: true);
        var full = new Caller("alice", Limits: new(0, owner, tenant));
        var watch = await cluster.WatchAsync();
        var execution = (await StartAsync(cluster, watch, 1))[0];

        foreach (var command in (SessionCommand[])[Run(1), new SendMessage("hi"), new ConfigureSession(JsonText.EmptyObject)])
        {
            var refused = await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), command, full);
            Assert.Equal((ErrorCode.QuotaExceeded, false), (refused.Error!.Code, refused.Error.Retryable));
        }

        Assert.Equal(ErrorCode.QuotaExceeded, (await cluster.Session("new").ExecuteAsync("c1", Run(1), full)).Error!.Code);
        Assert.Null(await cluster.AnyLog.GetHeaderAsync(SessionCluster.Key("new")));
        await cluster.DoAsync(new CancelTool(execution), caller: full);
        Assert.Equal(tenant == 0, (await cluster.Session("bobs").ExecuteAsync("c1", Run(1), new("bob", Limits: new(0, owner, tenant)))).Succeeded);
    }

    [Fact]
    public async Task Execute_AfterADelete_HasRoomAgain()
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite: true);
        var full = new Caller("alice", Limits: new(0, 1, 0));
        await cluster.DoAsync(Run(1), session: "old");
        Assert.False((await cluster.Session().ExecuteAsync("c1", Run(1), full)).Succeeded);

        await cluster.AnyLog.DeleteAsync(SessionCluster.Key("old"));

        Assert.True((await cluster.Session().ExecuteAsync("c2", Run(1), full)).Succeeded);
    }

    private static RunTools Run(int calls, string tool = "plain") => new([.. Enumerable.Repeat(new ToolInvocation(tool, JsonText.EmptyObject), calls)]);

    private static async Task<string[]> StartAsync(SessionCluster cluster, EventsWatch watch, int calls, string tool = "plain")
    {
        var answer = await cluster.DoAsync(Run(calls, tool), caller: One);
        await watch.NextAsync<ToolStarted>();
        return [.. answer.GetProperty("executionIds").EnumerateArray().Select(id => id.GetString()!)];
    }

    private static ConfigureSession Configure(int i) => new(new($$"""{"i":{{i}}}"""));
}
