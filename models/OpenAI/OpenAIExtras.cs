using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.OpenAI;

/// <summary>
/// What compatible servers put beside text and calls and want back: thinking as text, as details with signatures, and content of
/// their own.
/// </summary>
internal sealed class OpenAIExtras(Answer answer)
{
    private const string Details = "reasoning_details";
    private const string Extra = "extra_content";

    /// <summary>
    /// Members of a message whose text comes in pieces; the first is wanted back only within the turn that it belongs to.
    /// </summary>
    private static readonly string[] Texts = ["reasoning_content", "reasoning"];

    private static readonly string[] DetailTexts = ["text", "summary", "data", "signature"];

    private readonly Dictionary<string, Pieces> texts = Texts.ToDictionary(name => name, _ => new Pieces(), StringComparer.Ordinal);
    private readonly List<(JsonObject Detail, Dictionary<string, Pieces> Texts)> details = [];
    private JsonNode? content;

    public void Take(JsonElement? delta)
    {
        foreach (var (name, text) in texts)
        {
            var piece = delta.Piece(name);
            answer.Count(piece);
            text.Add(piece);
        }

        foreach (var detail in delta.Items(Details)) Take(detail);
        content = Content(delta) ?? content;
    }

    /// <summary>What a delta has of the model's thinking as text; servers may give the same text several times over.</summary>
    public static string? Thought(JsonElement? delta) =>
        Texts.Select(name => delta.Piece(name)).FirstOrDefault(text => text is { Length: > 0 })
        ?? string.Concat(delta.Items(Details).Select(detail => detail.Piece("text") ?? detail.Piece("summary")));

    /// <summary>A call's content of the server's own.</summary>
    public static JsonNode? Content(JsonElement? of) =>
        of.Member(Extra) is { } extra ? JsonNode.Parse(HalfCharacters.MendJson(extra.GetRawText())) : null;

    /// <summary>As it is kept; null if there is nothing.</summary>
    public JsonObject? Save(IReadOnlyList<JsonNode?> callContents)
    {
        var message = new JsonObject();
        if (details.Count > 0) message[Details] = new JsonArray([.. details.Select(Whole)]);
        foreach (var (name, text) in texts)
        {
            if (text.Any && (name == Texts[0] || details.Count == 0)) message[name] = text.ToString();
        }

        if (content is not null) message[Extra] = content.DeepClone();
        var calls = callContents.Any(call => call is not null);
        if (message.Count == 0 && !calls) return null;
        var saved = new JsonObject { ["message"] = message };
        if (calls) saved["calls"] = new JsonArray([.. callContents.Select(call => call?.DeepClone())]);
        return saved;
    }

    /// <summary>Gives a message back what it came with.</summary>
    /// <param name="own">What was kept of it.</param>
    /// <param name="message">The message as it is sent.</param>
    /// <param name="current">Whether it belongs to the turn that goes on.</param>
    public static void Restore(JsonObject? own, JsonObject message, bool current)
    {
        foreach (var (name, value) in own?["message"] as JsonObject ?? [])
        {
            if (current || !Texts.Contains(name)) message[name] = value?.DeepClone();
        }

        if (message["tool_calls"] is not JsonArray calls || own?["calls"] is not JsonArray contents) return;
        for (var i = 0; i < Math.Min(calls.Count, contents.Count); i++)
        {
            if (contents[i] is { } extra) calls[i]![Extra] = extra.DeepClone();
        }
    }

    private void Take(JsonElement piece)
    {
        answer.Count(piece.GetRawText());
        if (piece.ValueKind != JsonValueKind.Object) return;
        var index = piece.Member("index")?.GetRawText();
        var known = details.FindLastIndex(d =>
            index is not null && d.Detail["index"]?.ToJsonString() == index && d.Detail["type"]?.ToString() == piece.Text("type"));
        if (known < 0)
        {
            known = details.Count;
            details.Add(([], DetailTexts.ToDictionary(name => name, _ => new Pieces(), StringComparer.Ordinal)));
        }

        var (detail, pieces) = details[known];
        foreach (var member in JsonNode.Parse(HalfCharacters.MendJson(piece.GetRawText()))!.AsObject())
        {
            if (pieces.TryGetValue(member.Key, out var text) && piece.Piece(member.Key) is { } more) text.Add(more);
            else if (member.Value is not null || !detail.ContainsKey(member.Key)) detail[member.Key] = member.Value?.DeepClone();
        }
    }

    private static JsonNode Whole((JsonObject Detail, Dictionary<string, Pieces> Texts) detail)
    {
        var whole = detail.Detail.DeepClone().AsObject();
        foreach (var (name, text) in detail.Texts)
        {
            if (text.Any) whole[name] = text.ToString();
        }

        return whole;
    }
}
