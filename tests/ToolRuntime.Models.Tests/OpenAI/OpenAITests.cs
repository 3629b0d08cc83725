using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.Providers;

namespace ToolRuntime.Models.Tests.OpenAI;

public sealed class OpenAITests
{
    [Fact]
    public async Task Ask_PlainText_StreamsItAndGivesUsageAndFinish()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Role, OpenAIEvents.Text("Hel"), OpenAIEvents.Text("lo ✓"), OpenAIEvents.Finish("stop"), OpenAIEvents.Usage(11, 3), OpenAIEvents.Done);

        var updates = await server.Client("openai/gpt-test").GetStreamingResponseAsync("Hi").ToListAsync();

        Assert.Equal(["Hel", "lo ✓"], updates.Select(u => u.Text).Where(t => t.Length > 0));
        var response = updates.ToChatResponse();
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((11, 3, 14), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/chat/completions", request.Path);
        Assert.Equal($"Bearer {FakeProvider.Key}", request.Headers.Authorization);
        Chats.AssertJson("""{"model":"gpt-test","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""", request.Body);
    }

    [Fact]
    public async Task Ask_ParallelCallsSplitOverDeltas_AssemblesThemInOrder()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Role,
            OpenAIEvents.Call("""{"index":0,"id":"call_a","type":"function","function":{"name":"shell","arguments":""}}"""),
            OpenAIEvents.Call("""{"index":0,"function":{"arguments":"{\"comm"}}"""),
            OpenAIEvents.Call("""{"index":1,"id":"call_b","type":"function","function":{"name":"files_read_601e4e","arguments":""}}"""),
            OpenAIEvents.Call("""{"index":1,"function":{"arguments":"{\"command\":\"b\"}"}}"""),
            OpenAIEvents.Call("""{"index":0,"function":{"arguments":"and\":\"ls\"}"}}"""),
            OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done);

        var response = await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal([("call_a", "shell", "ls"), ("call_b", "files.read", "b")], response.Calls().Select(c => (c.CallId, c.Name, c.Argument("command"))));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Ask_CallsWithoutIndex_AreToldApartByTheirIds()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Call("""{"id":"x","function":{"name":"shell","arguments":"{\"command\":"}}"""), OpenAIEvents.Call("""{"function":{"arguments":"\"1\"}"}}"""),
            OpenAIEvents.Call("""{"id":"y","function":{"name":"shell","arguments":"{\"command\":\"2\"}"}}"""), OpenAIEvents.Finish("stop"));

        var response = await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal([("x", "1"), ("y", "2")], response.Calls().Select(c => (c.CallId, c.Argument("command"))));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Ask_OneIdForTwoCalls_TellsThemApart()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Call("""{"index":0,"id":"x","function":{"name":"shell","arguments":"{}"}}"""), OpenAIEvents.Call("""{"index":1,"id":"x","function":{"name":"shell","arguments":"{}"}}"""),
            OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done);

        var response = await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal(["x", "call_1"], response.Calls().Select(c => c.CallId));
    }

    [Theory]
    [InlineData("""{\"command\": """)]
    [InlineData("[1]")]
    public async Task Ask_InvalidArguments_FailTheirCallAlone(string arguments)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Call($$$"""{"index":0,"id":"a","type":"function","function":{"name":"shell","arguments":"{{{arguments}}}"}}"""),
            OpenAIEvents.Call("""{"index":1,"id":"b","type":"function","function":{"name":"shell","arguments":""}}"""),
            OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done);

        var calls = (await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools)).Calls();

        Assert.IsAssignableFrom<JsonException>(calls[0].Exception);
        Assert.Null(calls[1].Exception);
        Assert.Empty(calls[1].Arguments!);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("length")]
    [InlineData("content_filter")]
    public async Task Ask_FinishReason_IsKept(string reason)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Text("x"), OpenAIEvents.Finish(reason), OpenAIEvents.Done);

        Assert.Equal(reason, (await server.Client("openai/gpt-test").GetResponseAsync("Hi")).FinishReason?.Value);
    }

    [Fact]
    public async Task Ask_AfterTwoRounds_SendsCallsAndResultsInCallOrderUnderDistinctIds()
    {
        await using var server = await FakeProvider.StartAsync(("OpenAI:MaxOutputTokens", "50"));
        server.Streams(OpenAIEvents.Finish("stop"), OpenAIEvents.Done);

        await server.Client("openai").GetResponseAsync(Chats.TwoRounds, Chats.Tools);

        Chats.AssertJson(
            """
            {"model":"gpt-4.1-mini","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":50,"messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","content":"List."},
              {"role":"assistant","content":"At once.","tool_calls":[
                {"id":"call_0","type":"function","function":{"name":"shell","arguments":"{\u0022command\u0022:\u0022ls\u0022}"}},
                {"id":"call_1","type":"function","function":{"name":"files_read_601e4e","arguments":"{\u0022command\u0022:\u0022a\u0022}"}}]},
              {"role":"tool","tool_call_id":"call_0","content":"{\u0022status\u0022:\u0022completed\u0022,\u0022summary\u0022:\u00222\u0022}"},
              {"role":"tool","tool_call_id":"call_1","content":"{\u0022status\u0022:\u0022failed\u0022}"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_0_2","type":"function","function":{"name":"shell","arguments":"{\u0022command\u0022:\u0022pwd\u0022}"}}]},
              {"role":"tool","tool_call_id":"call_0_2","content":"{\u0022status\u0022:\u0022completed\u0022,\u0022summary\u0022:\u0022/\u0022}"},
              {"role":"user","content":"And?"}],
             "tools":[
              {"type":"function","function":{"name":"shell","description":"Runs a command.","parameters":{"type":"object","properties":{"command":{"type":"string"}}}}},
              {"type":"function","function":{"name":"files_read_601e4e","description":"Reads a file.","parameters":{"type":"object","properties":{}}}}]}
            """,
            Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task Ask_QuotaUsedUp_IsNotTriedAgain()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(429, """{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}""");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/gpt-test").GetResponseAsync("Hi"));

        Assert.Equal((ToolErrorCodes.ModelFailed, true, false), (failure.Error.Code, failure.Error.Retryable, failure.TryAgain));
        Assert.Empty(server.Time.Waits);
    }
}
