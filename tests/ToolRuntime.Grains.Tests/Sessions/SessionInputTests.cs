using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary><c>tool.input</c> from the session's door to the tool.</summary>
public sealed class SessionInputTests
{
    [Fact]
    public async Task Input_RepeatedAndChanged_IsTypedOnce()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch, "echo");

        Assert.Equal("{}", (await WriteAsync(cluster, "i1", new(id, "one "))).Json);
        Assert.Equal("{}", (await WriteAsync(cluster, "i1", new(id, "one "))).Json);
        Assert.Equal(ErrorCode.Conflict, (await cluster.Session().ExecuteAsync("i1", new WriteInput(id, "other"), SessionCluster.Alice)).Error?.Code);
        Assert.Equal("{}", (await WriteAsync(cluster, "i2", new(id, "two", End: true))).Json);
        cluster.Echo.MayRead.SetResult();

        Assert.Equal("one two", await OutputAsync(watch));
        Assert.Equal("{}", (await WriteAsync(cluster, "i1", new(id, "one "))).Json);
    }

    [Fact]
    public async Task Input_SessionActivatedAnew_IsStillTypedOnce()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch, "echo");
        await WriteAsync(cluster, "i1", new(id, "one "));
        cluster.Log.BeforeAppend = () =>
        {
            cluster.Log.BeforeAppend = null;
            throw new SessionLogUnavailableException("The disk is full.");
        };
        await cluster.RepeatAsync("c1", new ConfigureSession(new("""{"a":1}""")));
        Assert.Equal(2, cluster.Log.Openings);

        await WriteAsync(cluster, "i1", new(id, "one "));
        await WriteAsync(cluster, "i2", new(id, "two", End: true));
        cluster.Echo.MayRead.SetResult();

        Assert.Equal("one two", await OutputAsync(watch));
    }

    [Fact]
    public async Task Input_NobodyReads_IsHeldBackAndGoesOnOnceReadAgain()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var id = await StartAsync(cluster, watch, "echo");
        var most = new string('x', 64 * 1024);
        await WriteAsync(cluster, "i1", new(id, most));

        var full = await cluster.Session().ExecuteAsync("i2", new WriteInput(id, "y", End: true), SessionCluster.Alice);
        var large = await cluster.Session().ExecuteAsync("i3", new WriteInput(id, most + "x"), SessionCluster.Alice);

        Assert.Equal((ErrorCode.RateLimited, true), (full.Error?.Code, full.Error?.Retryable));
        Assert.True(full.Error!.RetryAfterMs > 0);
        Assert.Equal((ErrorCode.TooLarge, false), (large.Error?.Code, large.Error?.Retryable));
        cluster.Echo.MayRead.SetResult();
        Assert.Null((await cluster.RepeatAsync("i2", new WriteInput(id, "y", End: true))).Error);
        Assert.Equal(most + "y", await OutputAsync(watch));
    }

    [Fact]
    public async Task Input_WhereNothingReadsIt_IsRefused()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var deaf = await StartAsync(cluster, watch, "plain");
        var id = await StartAsync(cluster, watch, "echo");
        var asked = (await cluster.DoAsync(new RunTools([new("asks", JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;

        await RefusedAsync(ErrorCode.Conflict, new(deaf, "x"));
        await RefusedAsync(ErrorCode.Conflict, new(asked, "x"));
        await RefusedAsync(ErrorCode.NotFound, new("nobody", "x"));
        await RefusedAsync(ErrorCode.InvalidCommand, new(id));
        await RefusedAsync(ErrorCode.Forbidden, new(id, "x"), SessionCluster.Bob);
        await WriteAsync(cluster, "i1", new(id, End: true));
        await RefusedAsync(ErrorCode.Conflict, new(id, "x"));
        cluster.Echo.MayRead.SetResult();
        await watch.NextAsync<ToolCompleted>();
        await RefusedAsync(ErrorCode.Conflict, new(id, "x"));
        Assert.DoesNotContain(cluster.Log.Entries(SessionCluster.Key("s1")), e => e.Event.Json.Span.IndexOf("i1"u8) >= 0 || e.Private.Span.IndexOf("i1"u8) >= 0);

        async Task RefusedAsync(ErrorCode code, WriteInput input, Caller? caller = null) =>
            Assert.Equal((code, false), await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), input, caller ?? SessionCluster.Alice) is { Error: { } error } ? (error.Code, error.Retryable) : default);
    }

    private static async Task<JsonText> WriteAsync(SessionCluster cluster, string id, WriteInput input)
    {
        var reply = await cluster.Session().ExecuteAsync(id, input, SessionCluster.Alice);
        Assert.Null(reply.Error);
        return reply.Value;
    }

    private static async Task<string> StartAsync(SessionCluster cluster, EventsWatch watch, string tool)
    {
        var id = (await cluster.DoAsync(new RunTools([new(tool, JsonText.EmptyObject)]))).GetProperty("executionIds")[0].GetString()!;
        await watch.NextAsync<ToolStarted>(e => e.ExecutionId == id);
        return id;
    }

    private static async Task<string> OutputAsync(EventsWatch watch) =>
        string.Concat((await watch.UntilAsync(e => e is ToolCompleted)).OfType<ToolOutput>().Select(e => e.Text));
}
