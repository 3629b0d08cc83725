using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.OpenAI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>What a provider says of its errors reaches the user.</summary>
public sealed class ProviderWordsTests
{
    [Theory]
    [InlineData("""{"error":{"message":"The cluster is on fire","type":"server_error"}}""", "model_failed", "The cluster is on fire")]
    [InlineData("""{"error":"The cluster is on fire"}""", "model_failed", "The cluster is on fire")]
    [InlineData("""{"error":503}""", "temporary", "503")]
    [InlineData("""{"error":{"code":429,"message":"Slow down, please"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", "temporary", "Slow down, please")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"Upstream died"}}]}""", "model_failed", "Upstream died")]
    [InlineData("""{"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"context too long"}}}""", "model_rejected", "Provider returned error: context too long")]
    [InlineData("""{"object":"error","message":"Bad luck","code":40301}""", "model_failed", "Bad luck")]
    [InlineData("""{"error":{"error":{"message":"nested"}}}""", "model_failed", "nested")]
    public async Task Ask_ErrorInAStreamOfStatus200_SaysTheProvidersWords(string error, string code, string words)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Text("partial"), $"data: {error}\n\n");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"));

        Assert.Equal(code, failure.Error.Code);
        Assert.EndsWith($"It says: {words}", failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_FinishReasonError_IsAnError()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Text("partial"), OpenAIEvents.Finish("error"), OpenAIEvents.Done);

        Assert.True((await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"))).Error.Retryable);
    }

    [Theory, MemberData(nameof(ProviderFailureTests.All), MemberType = typeof(ProviderFailureTests))]
    public async Task Ask_ErrorEventThatIsNoJson_SaysItsText(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(Dialect.Of(provider).Opening, "event: error\ndata: upstream went away\n\n");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.EndsWith("It says: upstream went away", failure.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", """{"error":{"message":"No credit left"}}""")]
    [InlineData("anthropic", """{"type":"error","error":{"type":"api_error","message":"No credit left"}}""")]
    [InlineData("gemini", """[{"error":{"code":500,"message":"No credit left","status":"INTERNAL"}}]""")]
    [InlineData("openai", """{"error":"No credit left"}""")]
    public async Task Ask_JsonErrorUnderStatus200_SaysTheProvidersWords(string provider, string body)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(200, body);

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.EndsWith("It says: No credit left", failure.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", """{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""")]
    [InlineData("anthropic", """{"type":"message","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""")]
    [InlineData("gemini", """[{"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]},{"candidates":[{"content":{"parts":[{"text":"lo"}]},"finishReason":"STOP"}]}]""")]
    public async Task Ask_WholeAnswerInsteadOfAStream_IsRead(string provider, string body)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(200, body);

        var response = await server.Client(provider).GetResponseAsync("Hi");

        Assert.Equal(("Hello", ChatFinishReason.Stop), (response.Text, response.FinishReason));
    }

    [Fact]
    public async Task Ask_PageUnderStatus200_IsAnErrorThatSaysSo()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(200, "<html>Please sign in</html>");

        Assert.Equal(ToolErrorCodes.ModelFailed, (await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"))).Error.Code);
    }

    [Theory]
    [InlineData("""{"error":"model 'm' is too old"}""")]
    [InlineData("""{"detail":"model 'm' is too old"}""")]
    [InlineData("""{"object":"error","message":"model 'm' is too old"}""")]
    [InlineData("model 'm' is too old")]
    public async Task Ask_RefusalInAnyShape_SaysTheProvidersWords(string body)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(400, body);

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"));

        Assert.Equal("The model's provider refused the request (400). It says: model 'm' is too old", failure.Error.Message);
    }

    [Fact]
    public async Task Ask_LongWordsWithAKey_AreCutAtAWholeCharacterWithoutIt()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams($$"""data: {"error":"{{FakeProvider.Key}} {{new string('x', 295)}}{{string.Concat(Enumerable.Repeat("😀", 50))}}"}""" + "\n\n");

        var message = (await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"))).Error.Message;

        Assert.DoesNotContain("sk-", message, StringComparison.Ordinal);
        Assert.True(message.Length < 400);
        Assert.Equal(message, HalfCharacters.Mend(message));
    }

    [Fact]
    public async Task Ask_KeyRefusedInTheStream_RepeatsNothing()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams($$$"""data: {"error":{"code":401,"message":"Bad key {{{FakeProvider.Key}}}"}}""" + "\n\n");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"));

        Assert.Equal(new ToolError(ToolErrorCodes.ModelUnauthorized, "The model's provider refused our key."), failure.Error);
    }
}
