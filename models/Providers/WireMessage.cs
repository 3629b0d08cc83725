using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

internal enum WireRole
{
    System,
    User,
    Assistant,
}

/// <summary>One message of a conversation. A call carries its result, so neither can be sent without the other.</summary>
internal sealed record WireMessage(WireRole Role, string Text, IReadOnlyList<WireCall> Calls)
{
    /// <summary>What its answer held for the provider alone, if the same model is asked.</summary>
    public JsonObject? Own { get; init; }

    /// <summary>Length of that as text.</summary>
    public int OwnLength { get; init; }

    public bool IsEmpty => Text.Length == 0 && Calls.Count == 0;
}

/// <summary>A call under an id that is unique in its conversation, and its result as text, mostly JSON.</summary>
internal sealed record WireCall(string Id, string Name, JsonElement Arguments, string Result, bool Failed);

/// <summary>A tool as providers take it.</summary>
internal sealed record WireTool(string Name, string Description, JsonElement Schema);

/// <summary>Makes wire messages of chat messages.</summary>
internal static class WireMessages
{
    /// <summary>Names the model that an answer's own parts are of; no other gets them.</summary>
    public const string FromMember = "from";

    private const int MaxId = 40;
    private const string NoResult = """{"status":"cancelled"}""";

    /// <summary>The abstractions' own options indent, which costs tokens.</summary>
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <param name="messages">The conversation.</param>
    /// <param name="from">The model that is asked.</param>
    public static List<WireMessage> Of(IEnumerable<ChatMessage> messages, string? from = null)
    {
        var conversation = new List<WireMessage>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Tool)
            {
                AddResults(conversation, message, pending);
                continue;
            }

            pending.Clear();
            var calls = new List<WireCall>();
            foreach (var call in message.Contents.OfType<FunctionCallContent>())
            {
                pending.TryAdd(call.CallId, calls.Count);
                calls.Add(new(Unique(call.CallId, ids), ToolNames.ToWire(call.Name), Json(call.Arguments ?? new Dictionary<string, object?>()), NoResult, true));
            }

            var role = message.Role == ChatRole.Assistant ? WireRole.Assistant : message.Role == ChatRole.System ? WireRole.System : WireRole.User;
            // Providers refuse blocks of nothing but white space.
            var next = new WireMessage(role, string.IsNullOrWhiteSpace(message.Text) ? "" : message.Text, calls);
            if (!next.IsEmpty) conversation.Add(Owned(next, message, from));
        }

        return conversation;
    }

    private static WireMessage Owned(WireMessage next, ChatMessage message, string? from)
    {
        var content = message.Contents.OfType<ProviderContent>().FirstOrDefault();
        if (content is null || JsonNode.Parse(content.Parts.Json) is not JsonObject own) return next;
        return own[FromMember]?.ToString() == from ? next with { Own = own, OwnLength = content.Parts.Json.Length } : next;
    }

    private static void AddResults(List<WireMessage> conversation, ChatMessage message, Dictionary<string, int> pending)
    {
        if (conversation is not [.., { Calls.Count: > 0 } asking]) return;
        var calls = asking.Calls.ToArray();
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            if (!pending.TryGetValue(result.CallId, out var index)) continue;
            var (text, failed) = Result(result.Result);
            calls[index] = calls[index] with { Result = text, Failed = failed };
        }

        conversation[^1] = asking with { Calls = calls };
    }

    private static (string Text, bool Failed) Result(object? result)
    {
        if (result is string text) return (text, false);
        var json = Json(result);
        var failed = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("status", out var status)
            && status.ValueKind == JsonValueKind.String && !status.ValueEquals("completed");
        return (json.GetRawText(), failed);
    }

    private static JsonElement Json(object? value) =>
        value as JsonElement? ?? JsonSerializer.SerializeToElement(value, Compact.GetTypeInfo(typeof(object)));

    /// <summary>
    /// Ids may come back in later rounds, and another model may have chosen them: providers want at most 40 letters, digits,
    /// <c>_</c>, <c>-</c> and no id twice.
    /// </summary>
    private static string Unique(string id, HashSet<string> ids)
    {
        var clean = ToolNames.Clean(id);
        var unique = Cut(clean, MaxId);
        for (var n = 2; !ids.Add(unique); n++) unique = Cut(clean, MaxId - 5) + $"_{n}";
        return unique;
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
