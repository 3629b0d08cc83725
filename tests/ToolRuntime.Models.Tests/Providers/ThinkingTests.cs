using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.Anthropic;
using ToolRuntime.Models.Tests.Gemini;
using ToolRuntime.Models.Tests.OpenAI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>What an answer holds for its provider alone goes back as it came.</summary>
public sealed class ThinkingTests
{
    private const string Half = "\\ud83d";

    [Fact]
    public async Task Ask_Anthropic_ThinkingGoesBackWhereItWas()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            AnthropicEvents.Start(1),
            Block(0, """{"type":"thinking","thinking":"","signature":""}"""), Delta(0, """{"type":"thinking_delta","thinking":"Let me "}"""), Delta(0, """{"type":"thinking_delta","thinking":"see."}"""),
            Delta(0, """{"type":"signature_delta","signature":"c2ln"}"""), AnthropicEvents.Stop(0),
            Block(1, """{"type":"redacted_thinking","data":"ZGF0YQ=="}"""), AnthropicEvents.Stop(1),
            AnthropicEvents.TextBlock(2), AnthropicEvents.Text(2, "First "), AnthropicEvents.Text(2, "this."), AnthropicEvents.Stop(2),
            AnthropicEvents.CallBlock(3, "a", "shell", """{"command":"1"}"""), AnthropicEvents.Stop(3),
            Block(4, """{"type":"thinking","thinking":"And that.","signature":"czI="}"""), AnthropicEvents.Stop(4),
            AnthropicEvents.CallBlock(5, "b", "shell", """{"command":"2"}"""), AnthropicEvents.Stop(5),
            AnthropicEvents.Finish("tool_use", 2), AnthropicEvents.End);

        var messages = await AskTwiceAsync(server, "anthropic/m", AnthropicEvents.Start(1) + AnthropicEvents.Finish("end_turn", 1) + AnthropicEvents.End);

        Chats.AssertJson(
            """
            [{"type":"thinking","thinking":"Let me see.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"text","text":"First this."},
             {"type":"tool_use","id":"a","name":"shell","input":{"command":"1"}},{"type":"thinking","thinking":"And that.","signature":"czI="},
             {"type":"tool_use","id":"b","name":"shell","input":{"command":"2"}}]
            """,
            messages.GetProperty("messages")[1].GetProperty("content"));
    }

    [Fact]
    public async Task Ask_Gemini_SignaturesGoBackOnTheirParts()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            GeminiEvents.Parts("""{"text":"Hmm","thought":true}"""), GeminiEvents.Parts("""{"text":"Now"},{"text":" this","thoughtSignature":"dDE="}"""),
            GeminiEvents.Parts("""{"functionCall":{"name":"shell","args":{"command":"1"}},"thoughtSignature":"czE="},{"functionCall":{"name":"shell","args":{"command":"2"}}}"""),
            GeminiEvents.Parts("""{"text":"","thoughtSignature":"ZW5k"}""", "STOP"));

        var request = await AskTwiceAsync(server, "gemini/gemini-3-pro", GeminiEvents.Parts("""{"text":"x"}""", "STOP"));

        Chats.AssertJson(
            """
            [{"text":"Now"},{"text":" this","thoughtSignature":"dDE="},{"functionCall":{"name":"shell","args":{"command":"1"}},"thoughtSignature":"czE="},
             {"functionCall":{"name":"shell","args":{"command":"2"}}},{"text":"","thoughtSignature":"ZW5k"}]
            """,
            request.GetProperty("contents")[1].GetProperty("parts"));
    }

    [Fact]
    public async Task Ask_OpenAI_ReasoningAndExtraContentGoBack()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Delta("""{"reasoning_content":"Let me ","extra_content":{"google":{"thought_signature":"bTE="}}}"""), OpenAIEvents.Delta($$"""{"reasoning_content":"see {{Half}}"}"""),
            OpenAIEvents.Delta("""{"reasoning_content":"\ude00"}"""),
            OpenAIEvents.Delta("""{"reasoning_details":[{"type":"reasoning.text","index":0,"format":"f","text":"One "}]}"""),
            OpenAIEvents.Delta("""{"reasoning_details":[{"type":"reasoning.text","index":0,"text":"two","signature":"czE="},{"type":"reasoning.encrypted","index":1,"data":"ZQ=="}]}"""),
            OpenAIEvents.Call("""{"index":0,"id":"a","function":{"name":"shell","arguments":"{}"},"extra_content":{"google":{"thought_signature":"YzE="}}}"""),
            OpenAIEvents.Call("""{"index":1,"id":"b","function":{"name":"shell","arguments":"{}"}}"""),
            OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done);

        var request = await AskTwiceAsync(server, "openai/m", OpenAIEvents.Text("x") + OpenAIEvents.Finish("stop") + OpenAIEvents.Done);

        var assistant = request.GetProperty("messages")[1];
        Assert.Equal("Let me see 😀", assistant.GetProperty("reasoning_content").GetString());
        Chats.AssertJson(
            """[{"type":"reasoning.text","index":0,"format":"f","text":"One two","signature":"czE="},{"type":"reasoning.encrypted","index":1,"data":"ZQ=="}]""",
            assistant.GetProperty("reasoning_details"));
        Chats.AssertJson("""{"google":{"thought_signature":"bTE="}}""", assistant.GetProperty("extra_content"));
        Chats.AssertJson("""{"google":{"thought_signature":"YzE="}}""", assistant.GetProperty("tool_calls")[0].GetProperty("extra_content"));
        Assert.False(assistant.GetProperty("tool_calls")[1].TryGetProperty("extra_content", out _));
    }

    [Fact]
    public async Task Ask_OpenAI_ReasoningTextStaysInItsTurn()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Delta("""{"reasoning_content":"Hm","reasoning":"Hm"}"""), OpenAIEvents.Text("x"), OpenAIEvents.Finish("stop"), OpenAIEvents.Done);

        var request = await AskTwiceAsync(server, "openai/m", OpenAIEvents.Text("x") + OpenAIEvents.Finish("stop") + OpenAIEvents.Done, new ChatMessage(ChatRole.User, "And?"));

        Chats.AssertJson("""{"role":"assistant","content":"x"}""", request.GetProperty("messages")[1]);
    }

    [Fact]
    public async Task Ask_AnotherModel_GetsNothingOfIt()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(AnthropicEvents.Start(1), Block(0, """{"type":"thinking","thinking":"Hm","signature":"cw=="}"""), AnthropicEvents.TextBlock(1), AnthropicEvents.Text(1, "x"), AnthropicEvents.Finish("end_turn", 1), AnthropicEvents.End);

        var request = await AskTwiceAsync(server, "anthropic/m", AnthropicEvents.Start(1) + AnthropicEvents.Finish("end_turn", 1) + AnthropicEvents.End, new ChatMessage(ChatRole.User, "And?"), "anthropic/other");

        Chats.AssertJson("""[{"type":"text","text":"x"}]""", request.GetProperty("messages")[1].GetProperty("content"));
    }

    [Fact]
    public async Task Ask_Anthropic_ThinkingIsGivenAsItComes()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            AnthropicEvents.Start(1), Block(0, """{"type":"thinking","thinking":"Let "}"""), Delta(0, """{"type":"thinking_delta","thinking":"me see."}"""),
            Delta(0, """{"type":"signature_delta","signature":"c2ln"}"""), AnthropicEvents.TextBlock(1), AnthropicEvents.Text(1, "x"), AnthropicEvents.Finish("end_turn", 1), AnthropicEvents.End);

        Assert.Equal(["Let ", "me see."], await ThoughtsAsync(server, "anthropic/m"));
    }

    [Fact]
    public async Task Ask_Gemini_ThoughtsAreGivenAsTheyCome()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(GeminiEvents.Parts("""{"text":"Hmm","thought":true},{"text":"x"}""", "STOP"));

        Assert.Equal(["Hmm"], await ThoughtsAsync(server, "gemini/gemini-3-pro"));
    }

    [Theory]
    [InlineData("""{"reasoning_content":"Hm"}""")]
    [InlineData("""{"reasoning_content":"Hm","reasoning":"Hm"}""")]
    [InlineData("""{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0}]}""")]
    [InlineData("""{"reasoning_details":[{"type":"reasoning.summary","summary":"Hm","index":0},{"type":"reasoning.encrypted","data":"zz","index":1}]}""")]
    public async Task Ask_OpenAI_ReasoningIsGivenOnce(string delta)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Delta(delta), OpenAIEvents.Text("x"), OpenAIEvents.Finish("stop"), OpenAIEvents.Done);

        Assert.Equal(["Hm"], await ThoughtsAsync(server, "openai/m"));
    }

    [Fact]
    public async Task Ask_PlainAnswer_KeepsNothing()
    {
        await using var server = await FakeProvider.StartAsync();
        foreach (var provider in new[] { "openai", "anthropic", "gemini" })
        {
            server.Streams(Dialect.Of(provider).Opening, Dialect.Of(provider).Ending);

            Assert.Empty((await server.Client(provider).GetResponseAsync("Hi")).Messages.SelectMany(m => m.Contents).OfType<ProviderContent>());
        }
    }

    private static async Task<string[]> ThoughtsAsync(FakeProvider server, string model) =>
        [.. await server.Client(model).GetStreamingResponseAsync("Hi").SelectMany(update => update.Contents.OfType<TextReasoningContent>().Select(thought => thought.Text)).ToArrayAsync()];

    /// <summary>The second request, after results of the first answer's calls, or after a message.</summary>
    private static async Task<JsonElement> AskTwiceAsync(FakeProvider server, string model, string ending, ChatMessage? next = null, string? other = null)
    {
        var response = await server.Client(model).GetResponseAsync("Hi", Chats.Tools);
        next ??= new(ChatRole.Tool, [.. response.Calls().Select(c => (AIContent)Chats.Result(c.CallId, """{"status":"completed"}"""))]);
        server.Streams(ending);
        await server.Client(other ?? model).GetResponseAsync([new(ChatRole.User, "Hi"), .. response.Messages, next], Chats.Tools);
        return server.Requests.Last().Body;
    }

    private static string Block(int index, string block) => $"event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":{index},\"content_block\":{block}}}\n\n";

    private static string Delta(int index, string delta) => $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{delta}}}\n\n";
}
