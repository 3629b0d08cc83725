using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Commands;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.OpenAI;

/// <summary>The Chat Completions API of OpenAI and of the many servers compatible with it.</summary>
internal sealed class OpenAIWire : IProviderWire
{
    private static readonly string[] NoConversation =
        ["embed", "whisper", "tts", "dall-e", "image", "moderation", "realtime", "audio", "transcribe", "sora", "davinci", "babbage", "rerank"];

    public string Name => "openai";

    public Uri DefaultBaseUrl { get; } = new("https://api.openai.com/v1");

    public string DefaultModel => "gpt-4.1-mini";

    public ToolLimits Limits { get; } = new(MaxTools: 128, MaxDescription: 1_024);

    public IAnswerReader Reader(Answer answer) => new OpenAIReader(answer);

    public HttpRequestMessage Request(ProviderOptions options, WirePrompt prompt)
    {
        var turn = prompt.Messages.Index().LastOrDefault(m => m.Item.Role == WireRole.User).Index;
        var body = new JsonObject
        {
            ["model"] = prompt.Model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["messages"] = new JsonArray([.. prompt.Messages.SelectMany((message, i) => Messages(message, i > turn))]),
        };
        if (prompt.Settings.MaxOutputTokens is { } max) body["max_completion_tokens"] = max;
        if (prompt.Effort is { } effort) body["reasoning_effort"] = effort.ToString().ToLowerInvariant();
        // Models that think refuse a temperature.
        if (prompt.Settings.Temperature is { } temperature && (prompt.Effort is null or Effort.None)) body["temperature"] = temperature;
        if (prompt.Tools.Count > 0) body["tools"] = new JsonArray([.. prompt.Tools.Select(Tool)]);
        return Authorized(new(HttpMethod.Post, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, "chat/completions")) { Content = JsonContent.Create(body) }, options);
    }

    public HttpRequestMessage ListRequest(ProviderOptions options) => Authorized(new(HttpMethod.Get, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, "models")), options);

    /// <summary>The list does not say what its models are for; those are left out whose names do.</summary>
    public IEnumerable<ListedModel> ReadList(JsonElement list) => list.Items("data")
        .Select(model => model.Text("id")).OfType<string>().Where(id => !Array.Exists(NoConversation, id.ToLowerInvariant().Contains)).Select(id => new ListedModel(id, null));

    private static HttpRequestMessage Authorized(HttpRequestMessage request, ProviderOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.ApiKey))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey.Trim());
        }

        return request;
    }

    private static IEnumerable<JsonNode?> Messages(WireMessage message, bool current)
    {
        if (message.Role != WireRole.Assistant)
        {
            yield return new JsonObject { ["role"] = message.Role == WireRole.System ? "system" : "user", ["content"] = message.Text };
            yield break;
        }

        var assistant = new JsonObject { ["role"] = "assistant", ["content"] = message.Text.Length > 0 ? message.Text : null };
        if (message.Calls.Count > 0) assistant["tool_calls"] = new JsonArray([.. message.Calls.Select(Call)]);
        OpenAIExtras.Restore(message.Own, assistant, current);
        yield return assistant;
        foreach (var call in message.Calls)
        {
            yield return new JsonObject { ["role"] = "tool", ["tool_call_id"] = call.Id, ["content"] = call.Result };
        }
    }

    private static JsonNode? Call(WireCall call) => new JsonObject
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments.GetRawText() },
    };

    private static JsonNode? Tool(WireTool tool) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = JsonObject.Create(tool.Schema) },
    };
}
