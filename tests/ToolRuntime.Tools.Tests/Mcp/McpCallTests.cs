using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Events;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Tests.Support;
using ToolRuntime.Tracing;
using static ToolRuntime.Tools.Tests.Mcp.FakeMcpServer;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>Calls of a server that answers well, badly or not at all.</summary>
public sealed class McpCallTests : IAsyncLifetime
{
    private FakeServerHost host = null!;

    public async Task InitializeAsync() =>
        host = await FakeServerHost.StartAsync(["[" + Tool("a") + "," + Tool("again") + "]"], server => server.Tools["again"] = new() { Idempotent = true });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Call_Text_IsResultAndOutput()
    {
        host.Fake.OnCall = call => Task.FromResult<string?>($$"""{"content":[{"type":"text","text":"one\ntwo"},{"type":"text","text":{{JsonValue.Create(call["arguments"]!.ToJsonString()).ToJsonString()}}}]}""");

        var result = await host.RunAsync("fake__a", """{"x":[1,{"y":null}]}""");

        Assert.Null(result.Error);
        Assert.Equal("one\ntwo\n{\"x\":[1,{\"y\":null}]}", result.Result.ToElement().GetProperty("text").GetString());
        Assert.Equal("one", result.Summary);
        Assert.Equal("one\ntwo\n{\"x\":[1,{\"y\":null}]}", host.Context.Text(OutputStream.Result));
        Assert.Equal(1, host.Context.Counters.ApiCalls);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", null)]
    [InlineData(null, null)]
    public async Task Call_InATrace_NamesItToTheServerIfItIsRecorded(string? traceparent, string? expected)
    {
        var asked = new TaskCompletionSource<JsonObject>();
        host.Fake.OnCall = call =>
        {
            asked.TrySetResult(call);
            return Task.FromResult<string?>("""{"content":[]}""");
        };
        using var activity = TraceContext.StartOrPass("execute_tool", ActivityKind.Internal, traceparent);

        await host.RunAsync("fake__a");

        var told = (string?)(await asked.Task.WaitAsync(Wait.Timeout))["_meta"]!["traceparent"];
        Assert.Equal(expected, told?[..36]);
        Assert.Equal(activity?.Id, told);
    }

    [Theory]
    [InlineData("""{"temperature":33}""", """{"temperature":33}""")]
    [InlineData("[1,2]", """{"value":[1,2]}""")]
    public async Task Call_StructuredContent_IsTheResult(string structured, string expected)
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>($$"""{"content":[{"type":"text","text":"words"}],"structuredContent":{{structured}}}""");

        var result = await host.RunAsync("fake__a");

        Assert.Equal(expected, result.Result.Json);
        Assert.Equal("words", host.Context.Text(OutputStream.Result));
    }

    [Fact]
    public async Task Call_MuchText_IsCutInTheResultOnly()
    {
        var fake = new FakeMcpServer
        {
            Pages = ["[" + Tool("a") + "]"],
            OnCall = _ => Task.FromResult<string?>($$"""{"content":[{"type":"text","text":"{{new string('x', 10_000)}}"}]}"""),
        };
        await using var small = new FakeServerHost(fake, all: options => options.MaxResultText = 1_000);
        await small.HasAsync("fake__a");

        var result = (await small.RunAsync("fake__a")).Result.ToElement();

        Assert.Equal(new string('x', 1_000) + "…", result.GetProperty("text").GetString());
        Assert.Equal(10_000, result.GetProperty("totalCharacters").GetInt32());
        Assert.Equal(10_000, small.Context.Bytes(OutputStream.Result).Length);
    }

    [Fact]
    public async Task Call_ImagesAndResources_AreFilesAndDescriptions()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""
            {"content":[{"type":"image","data":"AQID","mimeType":"image/png"},{"type":"audio","data":"BAU=","mimeType":"audio/x-odd"},
            {"type":"resource","resource":{"uri":"a:1","mimeType":"text/x-y","text":"words"}},{"type":"resource","resource":{"uri":"a:2","mimeType":"application/gzip","blob":"Bg=="}},
            {"type":"resource_link","uri":"a:3","name":"three","mimeType":"text/plain"}]}
            """.ReplaceLineEndings(""));

        var result = await host.RunAsync("fake__a");

        var content = result.Result.ToElement().GetProperty("content").EnumerateArray().Select(part => part.GetRawText()).ToArray();
        Assert.Equal(
            [
                """{"type":"image","mimeType":"image/png","bytes":3,"file":"mcp/e1-1.png"}""",
                """{"type":"audio","mimeType":"audio/x-odd","bytes":2,"file":"mcp/e1-2.bin"}""",
                """{"type":"resource","uri":"a:1","mimeType":"text/x-y","text":"words"}""",
                """{"type":"resource","uri":"a:2","mimeType":"application/gzip","bytes":1,"file":"mcp/e1-4.gz"}""",
                """{"type":"resource_link","uri":"a:3","name":"three","mimeType":"text/plain"}""",
            ],
            content);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(host.Folder.PathOf("mcp/e1-1.png")));
        Assert.Equal("5 parts of content", result.Summary);
        Assert.Equal(3, host.Context.Counters.FilesCreated);
    }

    [Fact]
    public async Task Call_PartsThatCannotBeRead_ArePlaceholdersAndTheRestStays()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""
            {"content":[{"type":"hologram","data":{"x":1}},{"type":"text","text":"kept"},{"type":"image","data":"?","mimeType":"image/png"},{"type":"image"},7,
            {"type":"image","data":"AQID","mimeType":"image/png"}]}
            """.ReplaceLineEndings(""));

        var result = (await host.RunAsync("fake__a")).Result.ToElement();

        Assert.Equal("kept", result.GetProperty("text").GetString());
        var content = result.GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(["hologram", "image", "image", "unknown", "image"], content.Select(part => part.GetProperty("type").GetString()));
        Assert.Equal([true, true, true, true, false], content.Select(part => part.TryGetProperty("note", out _)));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(host.Folder.PathOf(content[^1].GetProperty("file").GetString()!)));
    }

    [Fact]
    public async Task Call_ErrorWithAPicture_NamesItsFile()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""{"isError":true,"content":[{"type":"image","data":"AQID","mimeType":"image/png"}]}""");

        var error = (await host.RunAsync("fake__a")).Error!;

        Assert.Contains("mcp/e1-1.png", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(host.Folder.PathOf("mcp/e1-1.png")));
    }

    [Fact]
    public async Task Call_ErrorInTextAndStructured_SaysItOnce()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""{"isError":true,"content":[{"type":"text","text":"{ \"code\": 7 }"}],"structuredContent":{"code":7}}""");

        Assert.Equal("""{ "code": 7 }""", (await host.RunAsync("fake__a")).Error!.Message);
    }

    [Fact]
    public async Task Call_WorkspaceLeadsOut_NothingIsWrittenThere()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""{"content":[{"type":"image","data":"AQID","mimeType":"image/png"}]}""");
        Directory.CreateSymbolicLink(host.Folder.PathOf("mcp"), host.Folder.Outside);

        var result = await host.RunAsync("fake__a");

        Assert.Equal("path_outside_workspace", result.Error?.Code);
        Assert.Empty(Directory.GetFiles(host.Folder.Outside));
    }

    [Theory]
    [InlineData("""{"isError":true,"content":[{"type":"text","text":"disk full"}]}""", "tool_error", "disk full")]
    [InlineData("""{"isError":true,"content":[]}""", "tool_error", "did not say why")]
    [InlineData("""!{"code":-32602,"message":"a is missing"}""", "invalid_arguments", "a is missing")]
    [InlineData("""!{"code":-32000,"message":"no luck"}""", "mcp_error", "no luck")]
    [InlineData("""{"content":7}""", "mcp_error", "")]
    [InlineData("""{"resultType":"task","taskId":"1"}""", "mcp_error", "'task'")]
    [InlineData("""{"resultType":"input_required","inputRequests":{"a":{"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{}}}}}}""", "mcp_error", "input")]
    [InlineData("""{"isError":true,"content":[],"structuredContent":{"reason":"no space left"}}""", "tool_error", """{"reason":"no space left"}""")]
    [InlineData("""{"isError":true,"content":[{"type":"text","text":"See:"}],"structuredContent":{"code":7}}""", "tool_error", "See:\n{\"code\":7}")]
    [InlineData("""{"isError":true,"content":[{"type":"hologram","x":1}]}""", "tool_error", "hologram")]
    public async Task Call_Error_IsAFailureWithTheServersText(string answer, string code, string text)
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>(answer);

        var error = (await host.RunAsync("fake__a")).Error!;

        Assert.Equal((code, false), (error.Code, error.Retryable));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.NotNull(host.Server.Connection);
    }

    [Fact]
    public async Task Call_Progress_IsMeasuredWhereTheTotalIsKnownAndNeverGoesBack()
    {
        host.Fake.OnCall = async call =>
        {
            foreach (var progress in (string[])["\"progress\":1,\"total\":4,\"message\":\"first\"", "\"progress\":2", "\"progress\":1,\"total\":4", "\"progress\":4,\"total\":4", "\"progress\":5,\"total\":0"])
            {
                await host.Fake.SendProgressAsync(call, progress);
            }

            await host.Fake.SendAsync("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"another","progress":9}}""");
            return """{"content":[]}""";
        };

        await host.RunAsync("fake__a");

        Assert.Equal([25, null, 100, null], host.Context.Progress.Select(step => step.Percent));
        Assert.All(host.Context.Progress, step => Assert.Equal("running", step.Stage));
        var values = host.Context.Progress.Select(step => step.Details!.Value.ToElement().GetProperty("progress").GetDouble()).ToList();
        Assert.Equal([1, 2, 4, 5], values);
    }

    [Fact]
    public async Task Call_LastProgressComesWithTheAnswer_IsNotLost()
    {
        host.Fake.OnCall = async call =>
        {
            await host.Fake.SendProgressAsync(call, "\"progress\":1,\"total\":2");
            await host.Fake.SendProgressAsync(call, "\"progress\":2,\"total\":2");
            return """{"content":[]}""";
        };

        await host.RunAsync("fake__a");

        Assert.Equal([50, 100], host.Context.Progress.Select(step => step.Percent));
    }

    [Fact]
    public async Task Cancel_CallUnderWay_EndsAtOnceAndTheServerIsTold()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>(null);
        using var cancel = new CancellationTokenSource();
        var running = host.RunAsync("fake__a", cancellationToken: cancel.Token);
        var call = await host.Fake.ReceivedAsync("tools/call");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var told = await host.Fake.ReceivedAsync("notifications/cancelled");
        Assert.Equal(call["id"]!.ToJsonString(), told["params"]!["requestId"]!.ToJsonString());
        Assert.NotNull(host.Server.Connection);
        Assert.Equal(1, host.Fake.Connections);
    }

    [Theory]
    [InlineData("fake__a", false)]
    [InlineData("fake__again", true)]
    public async Task Call_StreamBreaks_IsATransportFailureAndTheServerComesBack(string tool, bool retryable)
    {
        host.Fake.OnCall = async _ =>
        {
            await host.Fake.BreakAsync();
            return null;
        };

        var error = (await host.RunAsync(tool)).Error!;

        Assert.Equal((ToolErrorCodes.TransportFailed, retryable), (error.Code, error.Retryable));
        await Wait.UntilAsync(() => host.Fake.Connections == 2 && host.Server.Connection is not null, "connected again");
        host.Fake.OnCall = _ => Task.FromResult<string?>("""{"content":[{"type":"text","text":"back"}]}""");
        Assert.Equal("back", (await host.RunAsync(tool)).Summary);
    }

    [Fact]
    public async Task Call_ServerIsAway_IsUnavailableAndRetryableUntilItIsBack()
    {
        host.Fake.IsUp = false;
        await host.Fake.BreakAsync();
        await Wait.UntilAsync(() => host.Server.Connection is null, "lost");

        var error = (await host.RunAsync("fake__a")).Error!;

        Assert.Equal((ToolErrorCodes.Unavailable, true), (error.Code, error.Retryable));
        Assert.Contains("'fake'", error.Message, StringComparison.Ordinal);
        host.Fake.IsUp = true;
        await host.HasAsync("fake__a", "fake__again");
        Assert.Null((await host.RunAsync("fake__a")).Error);
    }

    [Fact]
    public async Task Call_LinesThatAreNoMessages_DoNoHarm()
    {
        host.Fake.OnCall = async _ =>
        {
            foreach (var line in (string[])["hello", "", "{}", "[]", "{\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":{}}", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":7}"]) await host.Fake.SendAsync(line);
            return """{"content":[{"type":"text","text":"done"}]}""";
        };

        Assert.Equal("done", (await host.RunAsync("fake__a")).Summary);
        Assert.Equal(1, host.Fake.Connections);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":{"content":[],"structuredContent":DEEP}}""")]
    [InlineData("""{"result":{"content":[],"structuredContent":DEEP},"jsonrpc":"2.0","id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID}""")]
    [InlineData("""{"jsonrpc":"1.0","id":ID,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"error":"bad"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"te""")]
    [InlineData("""{"result":{"structuredContent":{"x":NaN}},"jsonrpc":"2.0","id":ID}""")]
    public async Task Call_AnswerThatCannotBeRead_FailsAtOnce(string answer)
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>(null);
        var running = host.RunAsync("fake__again");
        var id = (await host.Fake.ReceivedAsync("tools/call"))["id"]!.ToJsonString();

        await host.Fake.SendAsync(answer.Replace("ID", id, StringComparison.Ordinal).Replace("DEEP", new string('[', 100) + new string(']', 100), StringComparison.Ordinal));

        var error = (await running).Error!;
        Assert.Equal((McpTool.ProtocolErrorCode, false), (error.Code, error.Retryable));
        Assert.Equal(1, host.Fake.Connections);
    }

    [Fact]
    public async Task Call_TextThatIsNoText_IsReplaced()
    {
        host.Fake.OnCall = _ => Task.FromResult<string?>("""{"content":[{"type":"text","text":"a\ud83d b\ude00 \ud83d\ude00 \\ud83d"}],"structuredContent":{"k\udc00":"\uDBFF"}}""");

        var result = await host.RunAsync("fake__a");

        Assert.Equal("a\ufffd b\ufffd \ud83d\ude00 \\ud83d", host.Context.Text(OutputStream.Result));
        Assert.Equal("\ufffd", result.Result.ToElement().GetProperty("k\ufffd").GetString());
    }

    [Fact]
    public async Task Cancel_ServerTakesNothing_EndsAtOnce()
    {
        await using var stuck = await FakeServerHost.StartAsync(["[" + Tool("a") + "]"], _ => { });
        var reads = new TaskCompletionSource();
        stuck.Fake.Reads = reads.Task;
        using var cancel = new CancellationTokenSource();
        var running = stuck.RunAsync("fake__a", cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        reads.SetResult();
    }

    [Fact]
    public async Task Call_MessageWithoutEnd_EndsTheConnectionNotTheMemory()
    {
        host.Fake.OnCall = async _ =>
        {
            await host.Fake.SendAsync(new string('x', 100_000));
            return null;
        };

        Assert.Equal(ToolErrorCodes.TransportFailed, (await host.RunAsync("fake__a")).Error!.Code);
        await Wait.UntilAsync(() => host.Fake.Connections == 2 && host.Server.Connection is not null, "connected again");
    }

    [Fact]
    public async Task Open_ServerIsSilent_IsGivenUpAndTriedAgain()
    {
        await using var silent = new FakeServerHost(new() { Answers = false, Pages = ["[" + Tool("a") + "]"] }, server => server.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        await Wait.UntilAsync(() => silent.Fake.Connections >= 2, "tried again");
        Assert.Empty(silent.Names);

        silent.Fake.Answers = true;

        await silent.HasAsync("fake__a");
    }

    [Fact]
    public async Task Open_ServerIsSilentToWhatItDoesNotKnow_IsConnected()
    {
        var old = new FakeMcpServer { IgnoresUnknown = true, Pages = ["[" + Tool("a") + "]"] };
        await using var host = new FakeServerHost(old, server => server.ConnectTimeout = TimeSpan.FromSeconds(3));

        await host.HasAsync("fake__a");
    }
}
