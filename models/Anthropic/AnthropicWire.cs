using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Anthropic;

/// <summary>Anthropic's Messages API.</summary>
internal sealed class AnthropicWire : IProviderWire
{
    private const string Version = "2023-06-01";
    private const int DefaultMaxTokens = 8_192;

    public string Name => "anthropic";

    public Uri DefaultBaseUrl { get; } = new("https://api.anthropic.com");

    public string DefaultModel => "claude-sonnet-4-5";

    public ToolLimits Limits => ToolLimits.None;

    public IAnswerReader Reader(Answer answer) => new AnthropicReader(answer);

    public HttpRequestMessage Request(ProviderOptions options, WirePrompt prompt)
    {
        var budget = ThinkingBudget.Of(prompt);
        var body = new JsonObject
        {
            ["model"] = prompt.Model,
            ["max_tokens"] = prompt.Settings.MaxOutputTokens ?? (DefaultMaxTokens + (budget ?? 0)),
            ["stream"] = true,
            ["messages"] = Messages(prompt.Messages),
        };
        if (budget is { } tokens) body["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = tokens };
        // It has to be left alone while a model thinks, and ends at 1.
        else if (prompt.Settings.Temperature is { } temperature) body["temperature"] = Math.Min(temperature, 1);
        var system = string.Join("\n\n", prompt.Messages.Where(m => m.Role == WireRole.System).Select(m => m.Text));
        if (system.Length > 0) body["system"] = system;
        if (prompt.Tools.Count > 0) body["tools"] = new JsonArray([.. prompt.Tools.Select(Tool)]);
        return Authorized(new(HttpMethod.Post, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, "v1/messages")) { Content = JsonContent.Create(body) }, options);
    }

    public HttpRequestMessage ListRequest(ProviderOptions options) => Authorized(new(HttpMethod.Get, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, "v1/models?limit=200")), options);

    public IEnumerable<ListedModel> ReadList(JsonElement list) =>
        list.Items("data").Where(model => model.Text("id") is not null).Select(model => new ListedModel(model.Text("id")!, model.Text("display_name")));

    private static HttpRequestMessage Authorized(HttpRequestMessage request, ProviderOptions options)
    {
        request.Headers.Add("anthropic-version", Version);
        if (!string.IsNullOrWhiteSpace(options.ApiKey)) request.Headers.Add("x-api-key", options.ApiKey.Trim());
        return request;
    }

    /// <summary>
    /// Results come first in the user's message right after their calls; messages of one role that follow each other become one.
    /// </summary>
    private static JsonArray Messages(IEnumerable<WireMessage> messages)
    {
        var turns = new JsonArray();
        foreach (var message in messages.Where(m => m.Role != WireRole.System))
        {
            foreach (var part in AnswerParts.Place(message)) Add(turns, message.Role == WireRole.User ? "user" : "assistant", Block(part));
            foreach (var call in message.Calls) Add(turns, "user", Result(call));
        }

        return turns;
    }

    private static JsonObject Block(PlacedPart part)
    {
        if (part.Text is { } text) return new() { ["type"] = "text", ["text"] = text };
        return part.Call is { } call
            ? new() { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = JsonObject.Create(call.Arguments) }
            : part.Own!.DeepClone().AsObject();
    }

    private static JsonObject Result(WireCall call)
    {
        var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call.Id, ["content"] = call.Result };
        if (call.Failed) result["is_error"] = true;
        return result;
    }

    private static void Add(JsonArray turns, string role, JsonObject block)
    {
        if (turns.Count > 0 && turns[^1]!["role"]!.GetValue<string>() == role) turns[^1]!["content"]!.AsArray().Add((JsonNode)block);
        else turns.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = new JsonArray(block) });
    }

    private static JsonNode? Tool(WireTool tool) =>
        new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["input_schema"] = JsonObject.Create(tool.Schema) };
}
