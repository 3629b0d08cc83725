using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.Providers;

namespace ToolRuntime.Models.Tests.Anthropic;

public sealed class AnthropicTests
{
    [Fact]
    public async Task Ask_PlainText_StreamsItAndGivesUsageAndFinish()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            AnthropicEvents.Start(7), AnthropicEvents.TextBlock(0), AnthropicEvents.Ping, AnthropicEvents.Text(0, "Hel"), AnthropicEvents.Text(0, "lo"),
            AnthropicEvents.Stop(0), AnthropicEvents.Finish("end_turn", 5), AnthropicEvents.End);

        var updates = await server.Client("anthropic/claude-test").GetStreamingResponseAsync("Hi").ToListAsync();

        Assert.Equal(["Hel", "lo"], updates.Select(u => u.Text).Where(t => t.Length > 0));
        var response = updates.ToChatResponse();
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((11, 5, 16), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/v1/messages", FakeProvider.Key, "2023-06-01"), (request.Path, request.Headers["x-api-key"].ToString(), request.Headers["anthropic-version"].ToString()));
        Chats.AssertJson("""{"model":"claude-test","max_tokens":8192,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""", request.Body);
    }

    [Fact]
    public async Task Ask_ParallelCallsSplitOverDeltas_AssemblesThemAndFailsInvalidOnesAlone()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            AnthropicEvents.Start(7), AnthropicEvents.TextBlock(0), AnthropicEvents.Text(0, "Now."), AnthropicEvents.Stop(0),
            AnthropicEvents.CallBlock(1, "toolu_a", "shell"), AnthropicEvents.Json(1, ""), AnthropicEvents.Json(1, "{\"comm"), AnthropicEvents.Json(1, "and\": \"ls\"}"), AnthropicEvents.Stop(1),
            AnthropicEvents.CallBlock(2, "toolu_b", "files_read_601e4e"), AnthropicEvents.Json(2, "{\"path\":"), AnthropicEvents.Stop(2),
            AnthropicEvents.CallBlock(3, "toolu_c", "shell"), AnthropicEvents.Stop(3),
            AnthropicEvents.Finish("tool_use", 5), AnthropicEvents.End);

        var response = await server.Client("anthropic/claude-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        var calls = response.Calls();
        Assert.Equal([("toolu_a", "shell"), ("toolu_b", "files.read"), ("toolu_c", "shell")], calls.Select(c => (c.CallId, c.Name)));
        Assert.Equal("ls", calls[0].Argument("command"));
        Assert.IsAssignableFrom<JsonException>(calls[1].Exception);
        Assert.Empty(calls[2].Arguments!);
    }

    [Fact]
    public async Task Ask_WholeInputAtTheBlocksStart_IsTakenUnlessPiecesFollow()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            AnthropicEvents.Start(7), AnthropicEvents.CallBlock(0, "a", "shell", """{"command":"ls"}"""), AnthropicEvents.Stop(0),
            AnthropicEvents.CallBlock(1, "b", "shell", """{"command":"no"}"""), AnthropicEvents.Json(1, "{\"command\":"), AnthropicEvents.Json(1, "\"pwd\"}"), AnthropicEvents.Stop(1),
            AnthropicEvents.Finish("tool_use", 5), AnthropicEvents.End);

        var calls = (await server.Client("anthropic/claude-test").GetResponseAsync("Hi", Chats.Tools)).Calls();

        Assert.Equal(["ls", "pwd"], calls.Select(c => c.Argument("command")));
    }

    [Fact]
    public async Task Ask_WholeMessageWithACall_IsRead()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(200, """{"type":"message","content":[{"type":"tool_use","id":"a","name":"shell","input":{"command":"ls"}}],"stop_reason":"tool_use"}""");

        Assert.Equal("ls", (await server.Client("anthropic/claude-test").GetResponseAsync("Hi", Chats.Tools)).Calls()[0].Argument("command"));
    }

    [Theory]
    [InlineData("max_tokens", "length")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("refusal", "content_filter")]
    public async Task Ask_FinishReason_IsTranslated(string theirs, string ours)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(AnthropicEvents.Start(1), AnthropicEvents.Finish(theirs, 2), AnthropicEvents.End);

        Assert.Equal(ours, (await server.Client("anthropic/claude-test").GetResponseAsync("Hi")).FinishReason?.Value);
    }

    [Fact]
    public async Task Ask_AfterTwoRounds_SendsResultsRightAfterTheirCalls()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(AnthropicEvents.Start(1), AnthropicEvents.Finish("end_turn", 2), AnthropicEvents.End);

        await server.Client("anthropic").GetResponseAsync(Chats.TwoRounds, Chats.Tools);

        Chats.AssertJson(
            """
            {"model":"claude-sonnet-4-5","max_tokens":8192,"stream":true,"system":"Be brief.","messages":[
              {"role":"user","content":[{"type":"text","text":"List."}]},
              {"role":"assistant","content":[
                {"type":"text","text":"At once."},
                {"type":"tool_use","id":"call_0","name":"shell","input":{"command":"ls"}},
                {"type":"tool_use","id":"call_1","name":"files_read_601e4e","input":{"command":"a"}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"call_0","content":"{\"status\":\"completed\",\"summary\":\"2\"}"},
                {"type":"tool_result","tool_use_id":"call_1","content":"{\"status\":\"failed\"}","is_error":true}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"call_0_2","name":"shell","input":{"command":"pwd"}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"call_0_2","content":"{\"status\":\"completed\",\"summary\":\"/\"}"},
                {"type":"text","text":"And?"}]}],
             "tools":[
              {"name":"shell","description":"Runs a command.","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}},
              {"name":"files_read_601e4e","description":"Reads a file.","input_schema":{"type":"object","properties":{}}}]}
            """,
            Assert.Single(server.Requests).Body);
    }
}
