using System.Text;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Who types into a terminal, and what else people do to it, from the session's door to the tool.</summary>
public sealed class SessionTerminalTests
{
    [Fact]
    public async Task Typing_ByTheFirst_TakesItAndOthersAreRefusedUntilTheyTakeIt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch);

        await DoneAsync(cluster, new WriteInput(id, "a", As: "w1"));
        var taken = await watch.NextAsync<ToolTaken>();
        Assert.Equal((SessionCluster.Alice.Subject, "w1"), (taken.By, taken.As));
        foreach (SessionCommand command in (SessionCommand[])[new WriteInput(id, "b", As: "w2"), new ResizeTool(id, 10, 10, "w2"), new SignalTool(id, "SIGINT", "w2"), new WriteInput(id, "b")])
        {
            Assert.Equal("taken", await ReasonAsync(cluster, command));
        }

        await DoneAsync(cluster, new TakeTool(id, "w2"));
        Assert.Equal("w2", (await watch.NextAsync<ToolTaken>()).As);
        Assert.Equal("taken", await ReasonAsync(cluster, new WriteInput(id, "a", As: "w1")));
        await DoneAsync(cluster, new WriteInput(id, "z", As: "w2"));
        await DoneAsync(cluster, new WriteInput(id, "q", As: "w2"));

        var output = await OutputAsync(watch);
        Assert.EndsWith("z", output, StringComparison.Ordinal);
        Assert.DoesNotContain("b", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SizeAndSignals_OfATerminal_ReachItAndItsSizeIsTold()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch);

        await DoneAsync(cluster, new ResizeTool(id, 132, 43));
        await DoneAsync(cluster, new SignalTool(id, "SIGINT"));
        await DoneAsync(cluster, new ResizeTool(id, 132, 43));
        await DoneAsync(cluster, new WriteInput(id, Base64: Convert.ToBase64String("xy"u8)));
        Assert.Equal(ErrorCode.Conflict, (await TryAsync(cluster, new SignalTool(id, "SIGHUP"))).Error?.Code);
        await DoneAsync(cluster, new WriteInput(id, "q"));

        var events = await watch.UntilAsync(e => e is ToolCompleted);
        var resized = Assert.Single(events.OfType<ToolResized>());
        Assert.Equal((132, 43, SessionCluster.Alice.Subject), (resized.Cols, resized.Rows, resized.By));
        var shown = string.Concat(events.OfType<ToolOutput>().Select(e => e.Text));
        Assert.StartsWith("[132x43][SIGINT][132x43]", shown, StringComparison.Ordinal);
        Assert.Contains("xy", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_ThatCanNotBe_SaysWhy()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch);
        var plain = (await cluster.DoAsync(new RunTools([new("echo", JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;

        await RefusedAsync(ErrorCode.InvalidCommand, new ResizeTool(id, 0, 24));
        await RefusedAsync(ErrorCode.InvalidCommand, new ResizeTool(id, 80, 1_001));
        await RefusedAsync(ErrorCode.InvalidCommand, new SignalTool(id, "SIGSEGV"));
        await RefusedAsync(ErrorCode.InvalidCommand, new TakeTool(id, "not an id"));
        await RefusedAsync(ErrorCode.InvalidCommand, new WriteInput(id, End: true));
        await RefusedAsync(ErrorCode.InvalidCommand, new WriteInput(id, Base64: "no"));
        await RefusedAsync(ErrorCode.NotFound, new TakeTool("nobody"));
        await RefusedAsync(ErrorCode.Forbidden, new TakeTool(id), SessionCluster.Bob);
        Assert.Equal("no_terminal", await ReasonAsync(cluster, new ResizeTool(plain, 80, 24)));
        Assert.Equal("no_terminal", await ReasonAsync(cluster, new TakeTool(plain)));
        await DoneAsync(cluster, new WriteInput(id, "q"));
        await watch.NextAsync<ToolCompleted>();
        await RefusedAsync(ErrorCode.Conflict, new ResizeTool(id, 80, 24));

        async Task RefusedAsync(ErrorCode code, SessionCommand command, Caller? caller = null) =>
            Assert.Equal((code, false), await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), command, caller ?? SessionCluster.Alice) is { Error: { } error } ? (error.Code, error.Retryable) : default);
    }

    [Fact]
    public async Task Input_OfATerminal_IsNowhereInTheLog()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch);

        await DoneAsync(cluster, new WriteInput(id, "q-hunter2", As: "w1"));
        await watch.NextAsync<ToolCompleted>();

        Assert.DoesNotContain(cluster.Log.Entries(SessionCluster.Key("s1")), e => e.Event.Json.Span.IndexOf("hunter2"u8) >= 0 || e.Private.Span.IndexOf("hunter2"u8) >= 0);
    }

    [Fact]
    public async Task Batch_OfATerminal_WaitsAsLongAsItMayBeOpen()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([new("tty", JsonText.EmptyObject)]));

        var started = await watch.NextAsync<BatchStarted>();

        Assert.True(started.Deadline - started.At > TimeSpan.FromDays(1), $"{started.Deadline} is too early.");
        Assert.Equal((80, 24), (started.Tools[0].Terminal?.Cols, started.Tools[0].Terminal?.Rows));
        Assert.True(started.Tools[0].Input);
    }

    private static async Task<string> StartAsync(SessionCluster cluster, EventsWatch watch)
    {
        var id = (await cluster.DoAsync(new RunTools([new("tty", JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;
        await watch.NextAsync<ToolStarted>(e => e.ExecutionId == id);
        return id;
    }

    private static async Task<SessionReply<JsonText>> TryAsync(SessionCluster cluster, SessionCommand command)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            var reply = await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), command, SessionCluster.Alice);
            if (reply.Error?.Retryable != true) return reply;
            await Task.Delay(reply.Error.RetryAfterMs is { } ms ? (int)ms : 10, timeout.Token);
        }
    }

    private static async Task DoneAsync(SessionCluster cluster, SessionCommand command) => Assert.Null((await TryAsync(cluster, command)).Error);

    private static async Task<string?> ReasonAsync(SessionCluster cluster, SessionCommand command)
    {
        var error = (await TryAsync(cluster, command)).Error;
        Assert.Equal(ErrorCode.Conflict, error?.Code);
        return error?.Details?.ToElement().GetProperty("reason").GetString();
    }

    private static async Task<string> OutputAsync(EventsWatch watch)
    {
        var text = new StringBuilder();
        foreach (var output in (await watch.UntilAsync(e => e is ToolCompleted)).OfType<ToolOutput>()) text.Append(output.Text);
        return text.ToString();
    }
}
