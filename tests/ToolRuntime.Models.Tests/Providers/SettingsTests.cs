using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>How models are asked, by each prompt and by default.</summary>
public sealed class SettingsTests
{
    private static readonly ChatOptions Asked = new() { Instructions = "Be kind.", Temperature = 0.7f, MaxOutputTokens = 9_000 };

    [Theory]
    [InlineData("openai/m", """{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":9000,"temperature":0.7,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]}""")]
    [InlineData("anthropic/m", """{"model":"m","stream":true,"max_tokens":9000,"temperature":0.7,"system":"Be kind.","messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""")]
    [InlineData("gemini/gemini-2.5-pro", """{"generationConfig":{"maxOutputTokens":9000,"temperature":0.7},"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}""")]
    public async Task Ask_Settings_AreSent(string model, string body) => Chats.AssertJson(body, await AskAsync(model, Asked));

    [Theory]
    [InlineData("openai/m", "low", """{"reasoning_effort":"low"}""")]
    [InlineData("openai/m", "none", """{"reasoning_effort":"none"}""")]
    [InlineData("anthropic/m", "low", """{"max_tokens":10240,"thinking":{"type":"enabled","budget_tokens":2048}}""")]
    [InlineData("anthropic/m", "high", """{"max_tokens":32768,"thinking":{"type":"enabled","budget_tokens":24576}}""")]
    [InlineData("anthropic/m", "none", """{"max_tokens":8192}""")]
    [InlineData("gemini/gemini-2.5-flash", "medium", """{"generationConfig":{"thinkingConfig":{"thinkingBudget":8192}}}""")]
    [InlineData("gemini/gemini-3-pro", "low", """{"generationConfig":{"thinkingConfig":{"thinkingLevel":"low"}}}""")]
    public async Task Ask_Reasoning_IsAskedForInEachProvidersWay(string model, string effort, string part)
    {
        var body = await AskAsync(model, new() { Reasoning = new() { Effort = Enum.Parse<ReasoningEffort>(effort, ignoreCase: true) } });

        Assert.All(Chats.Json(part).EnumerateObject(), member => Chats.AssertJson(member.Value.GetRawText(), body.GetProperty(member.Name)));
        Assert.Equal(part.Contains("thinking", StringComparison.Ordinal), body.GetRawText().Contains("thinking", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, """{"includeThoughts":true}""")]
    [InlineData("low", """{"thinkingBudget":1024,"includeThoughts":true}""")]
    [InlineData("none", """{"thinkingBudget":0}""")]
    public async Task Ask_GeminiThoughtsAreShown_AsksForThem(string? effort, string thinking)
    {
        ReasoningEffort? asked = effort is null ? null : Enum.Parse<ReasoningEffort>(effort, ignoreCase: true);

        var body = await AskAsync("gemini/gemini-2.5-flash", new() { Reasoning = new() { Effort = asked, Output = ReasoningOutput.Full } });

        Chats.AssertJson(thinking, body.GetProperty("generationConfig").GetProperty("thinkingConfig"));
    }

    [Theory]
    [InlineData("openai/m")]
    [InlineData("anthropic/m")]
    public async Task Ask_ReasoningAndTemperature_LeavesOutWhatIsRefused(string model)
    {
        var body = await AskAsync(model, new() { Temperature = 0.5f, Reasoning = new() { Effort = ReasoningEffort.Low } });

        Assert.False(body.TryGetProperty("temperature", out _));
    }

    [Theory]
    [InlineData(9_000, "high", 4_500)]
    [InlineData(2_000, "high", null)]
    public async Task Ask_AnthropicThinking_LeavesRoomForTheAnswer(int max, string effort, int? budget)
    {
        var body = await AskAsync("anthropic/m", new() { MaxOutputTokens = max, Reasoning = new() { Effort = Enum.Parse<ReasoningEffort>(effort, ignoreCase: true) } });

        Assert.Equal(max, body.GetProperty("max_tokens").GetInt32());
        Assert.Equal(budget, body.TryGetProperty("thinking", out var thinking) ? thinking.GetProperty("budget_tokens").GetInt32() : null);
    }

    [Fact]
    public async Task Ask_AnthropicTurnBegunWithoutThinking_GoesOnWithout()
    {
        ChatOptions options = new() { Reasoning = new() { Effort = ReasoningEffort.Low }, Tools = Chats.Tools.Tools };

        Assert.True((await AskAsync("anthropic/m", options, Chats.TwoRounds)).TryGetProperty("thinking", out _));
        Assert.False((await AskAsync("anthropic/m", options, Chats.TwoRounds[..^1])).TryGetProperty("thinking", out _));
    }

    [Fact]
    public async Task Ask_NothingSaid_TakesTheProvidersOptions()
    {
        (string, string)[] settings = [("OpenAI:System", "By default."), ("OpenAI:Temperature", "0.2"), ("OpenAI:MaxOutputTokens", "77"), ("OpenAI:Reasoning", "none")];

        var body = await AskAsync("openai/m", null, null, settings);
        var other = await AskAsync("openai/m", Asked, null, settings);

        Assert.Equal(("By default.", 0.2, 77, "none"), (System(body), body.GetProperty("temperature").GetDouble(), body.GetProperty("max_completion_tokens").GetInt32(), body.GetProperty("reasoning_effort").GetString()));
        Assert.Equal(("Be kind.", 0.7, 9_000), (System(other), other.GetProperty("temperature").GetDouble(), other.GetProperty("max_completion_tokens").GetInt32()));
    }

    private static string? System(JsonElement body) => body.GetProperty("messages")[0].GetProperty("content").GetString();

    private static async Task<JsonElement> AskAsync(string model, ChatOptions? options, ChatMessage[]? messages = null, params (string, string)[] settings)
    {
        await using var server = await FakeProvider.StartAsync(settings);
        server.Streams(Dialect.Of(model.Split('/')[0]).Opening, Dialect.Of(model.Split('/')[0]).Ending);
        await server.Client(model).GetResponseAsync(messages ?? [new(ChatRole.User, "Hi")], options);
        return server.Requests.Single().Body;
    }
}
