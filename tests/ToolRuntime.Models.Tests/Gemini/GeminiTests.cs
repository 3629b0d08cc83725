using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.Providers;

namespace ToolRuntime.Models.Tests.Gemini;

public sealed class GeminiTests
{
    [Fact]
    public async Task Ask_PlainText_StreamsItWithoutThoughtsAndGivesUsageAndFinish()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(GeminiEvents.Parts("""{"text":"Hmm","thought":true}"""), GeminiEvents.Parts("""{"text":"Hel"}"""), GeminiEvents.Parts("""{"text":"lo"}""", "STOP"));

        var updates = await server.Client("gemini/gemini-2.5-pro").GetStreamingResponseAsync("Hi").ToListAsync();

        Assert.Equal(["Hel", "lo"], updates.Select(u => u.Text).Where(t => t.Length > 0));
        var response = updates.ToChatResponse();
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((9, 32, 41), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", FakeProvider.Key), (request.Path, request.Headers["x-goog-api-key"].ToString()));
        Chats.AssertJson("""{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}""", request.Body);
    }

    [Fact]
    public async Task Ask_ParallelCalls_AreGivenInOrderWithIds()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            GeminiEvents.Parts("""{"functionCall":{"name":"shell","args":{"command":"a"}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"files_read_601e4e","args":{"command":"b"}}}"""),
            GeminiEvents.Parts("""{"functionCall":{"id":"own","name":"shell"}},{"functionCall":{"name":"shell","args":[1]}}""", "STOP"));

        var response = await server.Client("gemini/gemini-test").GetResponseAsync("Hi", Chats.Tools);

        var calls = response.Calls();
        Assert.Equal([("call_0", "shell"), ("call_1", "files.read"), ("own", "shell"), ("call_3", "shell")], calls.Select(c => (c.CallId, c.Name)));
        Assert.Equal(("a", "b"), (calls[0].Argument("command"), calls[1].Argument("command")));
        Assert.NotNull(calls[3].Exception);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Theory]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("OTHER", "other")]
    public async Task Ask_FinishReason_IsTranslated(string theirs, string ours)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(GeminiEvents.Parts("""{"text":"x"}""", theirs));

        Assert.Equal(ours, (await server.Client("gemini/gemini-test").GetResponseAsync("Hi")).FinishReason?.Value);
    }

    [Fact]
    public async Task Ask_CallThatTheProviderCantRead_SaysItsWords()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams("data: " + """{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print(shell('ls'))"}]}""" + "\r\n\r\n");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("gemini/gemini-test").GetResponseAsync("Hi"));

        Assert.EndsWith("It says: print(shell('ls'))", failure.Error.Message, StringComparison.Ordinal);
        Assert.True(failure.TryAgain);
    }

    [Theory]
    [InlineData("gemini-2.5-flash", "")]
    [InlineData("gemini-3-pro", ""","thoughtSignature":"skip_thought_signature_validator" """)]
    public async Task Ask_AfterTwoRounds_SendsCallsAndResponsesInOrder(string model, string signature)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(GeminiEvents.Parts("""{"text":"x"}""", "STOP"));

        await server.Client("gemini/" + model).GetResponseAsync(Chats.TwoRounds, Chats.Tools);

        Chats.AssertJson(
            $$$$$"""
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[
              {"role":"user","parts":[{"text":"List."}]},
              {"role":"model","parts":[
                {"text":"At once."},
                {"functionCall":{"name":"shell","args":{"command":"ls"}}{{{{{signature}}}}}},
                {"functionCall":{"name":"files_read_601e4e","args":{"command":"a"}}}]},
              {"role":"user","parts":[
                {"functionResponse":{"name":"shell","response":{"status":"completed","summary":"2"}}},
                {"functionResponse":{"name":"files_read_601e4e","response":{"status":"failed"}}}]},
              {"role":"model","parts":[{"functionCall":{"name":"shell","args":{"command":"pwd"}}{{{{{signature}}}}}}]},
              {"role":"user","parts":[{"functionResponse":{"name":"shell","response":{"status":"completed","summary":"/"}}},{"text":"And?"}]}],
             "tools":[{"functionDeclarations":[
              {"name":"shell","description":"Runs a command.","parametersJsonSchema":{"type":"object","properties":{"command":{"type":"string"}}}},
              {"name":"files_read_601e4e","description":"Reads a file.","parametersJsonSchema":{"type":"object","properties":{}}}]}]}
            """,
            Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task Ask_RetryInfoInTheBody_IsFollowed()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(429, """{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}""");
        server.Streams(GeminiEvents.Parts("""{"text":"x"}""", "STOP"));

        Assert.Equal("x", (await server.Client("gemini/gemini-test").GetResponseAsync("Hi")).Text);
        Assert.Equal([TimeSpan.FromSeconds(34.5)], server.Time.Waits);
    }

    [Fact]
    public async Task Ask_InvalidKey_IsUnauthorizedThoughItsStatusIsBadRequest()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(400, """{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}""");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("gemini/gemini-test").GetResponseAsync("Hi"));

        Assert.Equal((ToolErrorCodes.ModelUnauthorized, false), (failure.Error.Code, failure.Error.Retryable));
    }
}
