using Microsoft.AspNetCore.Http;
using ToolRuntime.Tools.Tests.Support;
using static ToolRuntime.Tools.Tests.Images.ImageServer;

namespace ToolRuntime.Tools.Tests.Images;

/// <summary>Pictures from servers that speak as OpenAI and Gemini document, on their good and bad days.</summary>
public sealed class GenerateImageToolTests
{
    private const string Partial = $$$$"""{"type":"image_generation.partial_image","b64_json":"{{{{Pixel}}}}","partial_image_index":0,"output_format":"png"}""";
    private const string Completed = $$$$"""{"type":"image_generation.completed","b64_json":"{{{{Pixel}}}}","usage":{"total_tokens":100}}""";
    private const string GeminiPicture = $$$$"""{"candidates":[{"content":{"role":"model","parts":[{"text":"Here."},{"thought":true,"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"inlineData":{"mimeType":"image/png","data":"{{{{Pixel}}}}"}}]},"finishReason":"STOP"}]}""";

    [Fact]
    public async Task Run_OpenAI_ShowsPicturesOnTheWayAndPublishesTheLast()
    {
        await using var server = await StartAsync(Sse(Partial, Partial, Completed));

        var (result, host) = await RunAsync("openai", server, """{"prompt":"a cat","shape":"landscape","quality":"low"}""");

        using (host)
        {
            Assert.Null(result.Error);
            var (path, headers, body) = server.Requests.Single();
            Assert.Equal(("/v1/images/generations", $"Bearer {Key}"), (path, headers.Authorization.ToString()));
            Assert.Equal("""{"model":"gpt-image-1","prompt":"a cat","n":1,"size":"1536x1024","quality":"low","stream":true,"partial_images":2}""", body.GetRawText());
            Assert.Equal(["partial-1.png", "partial-2.png", "picture.png"], host.Context.Published.Select(one => one.Name));
            Assert.Equal(["preparing", "generating", "generating", "generating", "uploading", "complete"], host.Context.Progress.Select(step => step.Stage));
            var content = result.Result.ToElement().GetProperty("content")[0];
            Assert.Equal(("blob", "image/png", 1), (content.GetProperty("type").GetString(), content.GetProperty("mediaType").GetString(), content.GetProperty("width").GetInt32()));
            Assert.Equal(1, host.Context.Counters.ApiCalls);
            Assert.Equal(Convert.FromBase64String(Pixel), host.Context.Published[^1].Bytes);
        }
    }

    [Fact]
    public async Task Run_OpenAIWithoutStream_TakesOneObject()
    {
        await using var server = await StartAsync(Json($$$$"""{"created":1,"data":[{"b64_json":"{{{{Pixel}}}}"}]}"""));

        var (result, host) = await RunAsync("openai", server, """{"prompt":"a cat"}""", ("Images:PartialImages", "0"));

        using (host)
        {
            Assert.Null(result.Error);
            Assert.False(server.Requests.Single().Body.TryGetProperty("stream", out _));
        }
    }

    [Fact]
    public async Task Run_Gemini_TakesThePictureThatIsNoThought()
    {
        await using var server = await StartAsync(Json(GeminiPicture));

        var (result, host) = await RunAsync("gemini", server, """{"prompt":"a cat","shape":"portrait"}""");

        using (host)
        {
            Assert.Null(result.Error);
            var (path, headers, body) = server.Requests.Single();
            Assert.Equal(("/v1/models/gemini-2.5-flash-image:generateContent", Key, ""), (path, headers["x-goog-api-key"].ToString(), headers.Authorization.ToString()));
            Assert.Equal(
                """{"contents":[{"role":"user","parts":[{"text":"a cat"}]}],"generationConfig":{"responseModalities":["TEXT","IMAGE"],"imageConfig":{"aspectRatio":"2:3"}}}""",
                body.GetRawText());
            Assert.Equal(["picture.png"], host.Context.Published.Select(one => one.Name));
        }
    }

    [Fact]
    public async Task Run_GeminiThatRefusesThePrompt_SaysWhy()
    {
        await using var server = await StartAsync(Json("""{"candidates":[{"finishReason":"IMAGE_SAFETY","finishMessage":"It is not allowed."}]}"""));

        var (result, host) = await RunAsync("gemini", server, """{"prompt":"a cat"}""");

        using (host) Assert.Equal(("provider_error", "Gemini made no picture: It is not allowed.", false), Told(result));
    }

    [Fact]
    public async Task Run_WithoutAKey_IsNotConfigured()
    {
        using var host = new ToolHost();

        var result = await host.RunAsync("generate_image", """{"prompt":"a cat"}""");

        Assert.Equal("provider_not_configured", result.Error?.Code);
    }

    [Theory]
    [InlineData("openai", 401, false)]
    [InlineData("gemini", 401, false)]
    [InlineData("openai", 429, true)]
    [InlineData("gemini", 429, true)]
    [InlineData("openai", 500, true)]
    [InlineData("gemini", 500, true)]
    [InlineData("openai", 400, false)]
    public async Task Run_ProviderRefuses_TellsItsStatusAndWordsButNoKey(string provider, int status, bool retryable)
    {
        await using var server = await StartAsync(Json($$$$"""{"error":{"message":"No, {{{{Key}}}}!"}}""", status, retryAfter: "7"));

        var (result, host) = await RunAsync(provider, server, """{"prompt":"a cat"}""");

        using (host)
        {
            Assert.Equal(("provider_error", retryable, retryable ? 7_000L : null), (result.Error!.Code, result.Error.Retryable, result.Error.RetryAfterMs));
            Assert.Contains($"{status}", result.Error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, result.Error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("openai", "cut")]
    [InlineData("gemini", "cut")]
    [InlineData("openai", "ended")]
    [InlineData("openai", "nonsense")]
    [InlineData("gemini", "nonsense")]
    [InlineData("openai", "no picture")]
    [InlineData("gemini", "no picture")]
    [InlineData("openai", "huge")]
    [InlineData("gemini", "huge")]
    [InlineData("openai", "failed")]
    public async Task Run_AnswerThatIsNone_IsAnErrorThatIsNotPaidForAgain(string provider, string kind)
    {
        await using var server = await StartAsync(kind switch
        {
            "cut" when provider == "openai" => Sse(Partial, null),
            "cut" => async context =>
            {
                context.Response.ContentLength = 1_000;
                await context.Response.WriteAsync("{\"candidates\":");
                context.Abort();
            }
            ,
            "ended" => Sse(Partial),
            "nonsense" => Json("{\"data\":["),
            "no picture" when provider == "openai" => Sse("""{"type":"image_generation.completed","b64_json":"AAAA"}"""),
            "no picture" => Json("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}"""),
            "huge" => Json($"{{\"data\":\"{new string('x', 20_000)}\"}}"),
            _ => Sse("""{"type":"error","error":{"message":"The server had an error."}}"""),
        });

        var (result, host) = await RunAsync(provider, server, """{"prompt":"a cat"}""", ("Images:MaxAnswerBytes", "10000"));

        using (host) Assert.Equal(("provider_error", false), (result.Error?.Code, result.Error?.Retryable));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("gemini")]
    public async Task Run_NoAnswerInTime_IsAnErrorThatIsNotPaidForAgain(string provider)
    {
        await using var server = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        var (result, host) = await RunAsync(provider, server, """{"prompt":"a cat"}""", ("Images:Timeout", "00:00:00.1"));

        using (host)
        {
            Assert.Equal(("provider_error", false), (result.Error?.Code, result.Error?.Retryable));
            Assert.Contains("within 0.1 s", result.Error!.Message, StringComparison.Ordinal);
        }
    }

    private static (string?, string?, bool?) Told(ToolResult result) => (result.Error?.Code, result.Error?.Message, result.Error?.Retryable);

    private static async Task<(ToolResult Result, ToolHost Host)> RunAsync(string provider, ImageServer server, string arguments, params (string, string)[] settings)
    {
        var name = provider == "openai" ? "OpenAI" : "Gemini";
        var host = new ToolHost([($"Images:{name}ApiKey", Key), ($"Images:{name}Url", $"{server.Url}/v1"), .. settings]);
        return (await host.RunAsync("generate_image", arguments), host);
    }
}
