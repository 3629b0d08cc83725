using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Commands;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Gemini;

/// <summary>The Gemini API (<c>streamGenerateContent</c>).</summary>
internal sealed class GeminiWire : IProviderWire
{
    /// <summary>The member of a part that holds a thought's signature; it goes back with the part that it came with.</summary>
    public const string Signature = "thoughtSignature";

    /// <summary>Gemini 3 wants a signature with a turn's calls; where another model made them, this documented value stands in.</summary>
    private const string NoSignature = "skip_thought_signature_validator";

    public string Name => "gemini";

    public Uri DefaultBaseUrl { get; } = new("https://generativelanguage.googleapis.com/v1beta");

    public string DefaultModel => "gemini-2.5-flash";

    public ToolLimits Limits { get; } = new(MaxTools: 512, PlainTypes: true);

    public IAnswerReader Reader(Answer answer) => new GeminiReader(answer);

    public HttpRequestMessage Request(ProviderOptions options, WirePrompt prompt)
    {
        var signed = !prompt.Model.Contains("gemini-1", StringComparison.Ordinal) && !prompt.Model.Contains("gemini-2", StringComparison.Ordinal);
        var body = new JsonObject { ["contents"] = Contents(prompt.Messages, signed) };
        var system = string.Join("\n\n", prompt.Messages.Where(m => m.Role == WireRole.System).Select(m => m.Text));
        if (system.Length > 0) body["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = system }) };
        if (prompt.Tools.Count > 0) body["tools"] = new JsonArray(new JsonObject { ["functionDeclarations"] = new JsonArray([.. prompt.Tools.Select(Tool)]) });
        var config = new JsonObject();
        if (prompt.Settings.MaxOutputTokens is { } max) config["maxOutputTokens"] = max;
        if (prompt.Settings.Temperature is { } temperature) config["temperature"] = temperature;
        var thinking = prompt.Effort is { } effort ? Thinking(effort, byLevel: signed) : [];
        if (prompt.Settings.ShowReasoning == true && prompt.Effort is not Effort.None) thinking["includeThoughts"] = true;
        if (thinking.Count > 0) config["thinkingConfig"] = thinking;
        if (config.Count > 0) body["generationConfig"] = config;
        var path = $"models/{Uri.EscapeDataString(prompt.Model)}:streamGenerateContent?alt=sse";
        return Authorized(new(HttpMethod.Post, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, path)) { Content = JsonContent.Create(body) }, options);
    }

    public HttpRequestMessage ListRequest(ProviderOptions options) => Authorized(new(HttpMethod.Get, Urls.Join(options.BaseUrl ?? DefaultBaseUrl, "models?pageSize=200")), options);

    public IEnumerable<ListedModel> ReadList(JsonElement list) => list.Items("models")
        .Where(model => model.Text("name") is not null && model.Items("supportedGenerationMethods").Any(method => method.ToString() == "generateContent"))
        .Select(model => new ListedModel(model.Text("name")!.Split('/')[^1], model.Text("displayName")));

    private static HttpRequestMessage Authorized(HttpRequestMessage request, ProviderOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.ApiKey)) request.Headers.Add("x-goog-api-key", options.ApiKey.Trim());
        return request;
    }

    /// <summary>Models up to 2.5 are told by a number of tokens, later ones by a level, of which all have these two.</summary>
    private static JsonObject Thinking(Effort effort, bool byLevel) => byLevel
        ? new() { ["thinkingLevel"] = effort is Effort.None or Effort.Low ? "low" : "high" }
        : new() { ["thinkingBudget"] = effort switch { Effort.None => 0, Effort.Low => 1_024, Effort.Medium => 8_192, _ => 24_576 } };

    /// <summary>
    /// All results of a message's calls follow it in one turn of the user; a user's message after them is a part of its own.
    /// </summary>
    private static JsonArray Contents(IEnumerable<WireMessage> messages, bool signed)
    {
        var contents = new JsonArray();
        foreach (var message in messages.Where(m => m.Role != WireRole.System))
        {
            var standIn = signed;
            foreach (var placed in AnswerParts.Place(message))
            {
                var part = Part(placed);
                if (placed.Call is not null && standIn && !part.ContainsKey(Signature)) part[Signature] = NoSignature;
                if (placed.Call is not null) standIn = false;
                Add(contents, message.Role == WireRole.User ? "user" : "model", part);
            }

            foreach (var call in message.Calls) Add(contents, "user", new() { ["functionResponse"] = new JsonObject { ["name"] = call.Name, ["response"] = Response(call) } });
        }

        return contents;
    }

    private static JsonObject Part(PlacedPart placed)
    {
        var part = placed.Call is { } call
            ? new JsonObject { ["functionCall"] = new JsonObject { ["name"] = call.Name, ["args"] = JsonObject.Create(call.Arguments) } }
            : new JsonObject { ["text"] = placed.Text };
        foreach (var (name, value) in placed.Own ?? []) part[name] = value?.DeepClone();
        return part;
    }

    private static JsonObject Response(WireCall call)
    {
        try
        {
            if (JsonNode.Parse(call.Result) is JsonObject whole) return whole;
        }
        catch (JsonException)
        {
            // Text, or a result that was shortened.
        }

        return new() { [call.Failed ? "error" : "output"] = call.Result };
    }

    private static void Add(JsonArray contents, string role, JsonObject part)
    {
        if (contents.Count > 0 && contents[^1]!["role"]!.GetValue<string>() == role) contents[^1]!["parts"]!.AsArray().Add((JsonNode)part);
        else contents.Add((JsonNode)new JsonObject { ["role"] = role, ["parts"] = new JsonArray(part) });
    }

    private static JsonNode? Tool(WireTool tool) =>
        new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["parametersJsonSchema"] = JsonObject.Create(tool.Schema) };
}
