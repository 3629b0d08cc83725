using System.Text.Json.Nodes;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>A streamable HTTP server that loses sessions or answers badly.</summary>
public sealed class HttpFaultTests
{
    private const string NotInitialized = """{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}""";
    private static readonly string Deep = new string('[', 100) + new string(']', 100);

    [Theory]
    [InlineData(404, "")]
    [InlineData(404, """{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}""")]
    [InlineData(400, "Bad Request: No valid session ID provided")]
    [InlineData(400, NotInitialized)]
    public async Task Call_SessionIsLost_IsSentOnceMoreInTheNext(int status, string body)
    {
        await using var server = await FakeHttpServer.StartAsync(server => server.OfUnknownSession = (status, body));
        await server.RunAsync();
        server.Forget();

        var result = await server.RunAsync();

        Assert.Null(result.Error);
        Assert.Equal((2, 2), (server.Initialized, server.Calls));
    }

    [Fact]
    public async Task Call_SessionIsLostForManyAtOnce_AllAreSentOnceMoreAndOneUnderWayGoesOn()
    {
        await using var server = await FakeHttpServer.StartAsync();
        var (isUnderWay, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var answer = server.OnCall;
        server.OnCall = async (context, id) =>
        {
            isUnderWay.SetResult();
            await release.Task;
            await answer(context, id);
        };
        var before = server.RunAsync();
        await isUnderWay.Task.WaitAsync(Wait.Timeout);
        server.OnCall = answer;
        server.Forget();

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => server.RunAsync()));
        release.SetResult();

        Assert.All(results.Append(await before), result => Assert.Null(result.Error));
        Assert.Equal((2, 17), (server.Initialized, server.Calls));
    }

    [Fact]
    public async Task Call_WhileTheNextSessionIsOpened_WaitsForIt()
    {
        var begin = new TaskCompletionSource();
        await using var server = await FakeHttpServer.StartAsync();
        server.Forget();
        server.BeforeInitialize = begin.Task;
        var first = server.RunAsync();
        await Wait.UntilAsync(() => server.Asked > 1, "the next session is asked for");

        var second = server.RunAsync();
        Assert.Null(server.Host.Source.WhyUnavailable("http__a"));
        begin.SetResult();

        Assert.All(await Task.WhenAll(first, second), result => Assert.Null(result.Error));
        Assert.Equal((2, 2), (server.Initialized, server.Calls));
    }

    [Fact]
    public async Task Call_SessionIsLostAgain_IsGivenUp()
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.OnCall = (context, _) =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };

        var error = (await server.RunAsync()).Error!;

        Assert.Equal((ToolErrorCodes.TransportFailed, false), (error.Code, error.Retryable));
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task Call_SessionIsLostAndNoneBegins_IsUnavailable()
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.Forget();
        server.Begins = false;

        var error = (await server.RunAsync()).Error!;

        Assert.Equal((ToolErrorCodes.Unavailable, true), (error.Code, error.Retryable));
        Assert.Equal(0, server.Calls);
    }

    [Fact]
    public async Task Call_RefusedForAnotherReason_KeepsTheSession()
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.OnCall = (context, id) =>
        {
            context.Response.StatusCode = 400;
            return FakeHttpServer.JsonAsync(context, $$"""{"jsonrpc":"2.0","error":{"code":-32602,"message":"x is missing"},"id":{{id}}}""");
        };

        var error = (await server.RunAsync()).Error!;

        Assert.Equal((ToolErrorCodes.InvalidArguments, true), (error.Code, error.Message.Contains("x is missing", StringComparison.Ordinal)));
        Assert.Equal((1, 1), (server.Initialized, server.Calls));
    }

    [Fact]
    public async Task Connect_StreamOfItsOwnIsNotFound_IsNoLostSession()
    {
        await using var server = await FakeHttpServer.StartAsync(server => server.OfGet = 404);
        await server.RunAsync();

        Assert.Null((await server.RunAsync()).Error);
        Assert.Equal(1, server.Initialized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_AnswerThatCannotBeRead_FailsAtOnce(bool asEvent)
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.OnCall = async (context, id) =>
        {
            var answer = $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"content":[],"structuredContent":{{{Deep}}}}}""";
            await (asEvent ? FakeHttpServer.EventAsync(context, answer) : FakeHttpServer.JsonAsync(context, answer));

            // The stream stays open: nothing but the message says that the call has ended.
            if (asEvent) await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        var error = (await server.RunAsync()).Error!;

        Assert.Equal((McpTool.ProtocolErrorCode, false), (error.Code, error.Retryable));
        Assert.Equal(1, server.Initialized);
    }

    [Fact]
    public async Task Call_EventsInSeveralLines_AreRead()
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.OnCall = (context, id) => FakeHttpServer.EventAsync(context, FakeHttpServer.Done(id, "half \\ud83d").Replace(",\"result\"", ",\ndata: \"result\"", StringComparison.Ordinal));

        Assert.Equal("half \ufffd", (await server.RunAsync()).Summary);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_AnswerIsTooLong_FailsAndTheServerStays(bool asEvent)
    {
        await using var server = await FakeHttpServer.StartAsync(null, ("MaxMessageBytes", "65536"));
        var answer = server.OnCall;
        server.OnCall = (context, id) =>
        {
            var text = FakeHttpServer.Done(id, new string('x', 100_000));
            return asEvent ? FakeHttpServer.EventAsync(context, text) : FakeHttpServer.JsonAsync(context, text);
        };

        Assert.Equal(ToolErrorCodes.TransportFailed, (await server.RunAsync()).Error!.Code);
        server.OnCall = answer;
        Assert.Null((await server.RunAsync()).Error);
    }

    [Fact]
    public async Task Cancel_CallUnderWay_TheServerIsTold()
    {
        await using var server = await FakeHttpServer.StartAsync();
        server.OnCall = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var cancel = new CancellationTokenSource();
        var running = server.RunAsync(cancellationToken: cancel.Token);
        var call = await server.ReceivedAsync("tools/call");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var told = await server.ReceivedAsync("notifications/cancelled");
        Assert.True(JsonNode.DeepEquals(call["id"], told["params"]!["requestId"]));
    }
}
