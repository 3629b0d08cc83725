using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Providers;

/// <summary>Shortens what tools got and gave.</summary>
internal static class ShortText
{
    /// <summary>The shortest that a text in arguments becomes.</summary>
    private const int LeastText = 100;

    /// <summary>The beginning and the end; errors tend to be at the end.</summary>
    public static string Of(string text, int length)
    {
        if (text.Length <= length + 40) return text;
        var (head, tail) = (length / 2, text.Length - (length / 2) + 40);
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[tail])) tail++;
        return $"{text[..head]}\n[{tail - head} characters left out]\n{text[tail..]}";
    }

    /// <summary>Arguments with shorter texts in them, or, if that is not enough, as one shortened text.</summary>
    public static JsonElement Of(JsonElement arguments, int length)
    {
        var json = arguments.GetRawText();
        if (json.Length <= length) return arguments;
        var shorter = JsonNode.Parse(json)!;
        var texts = Texts(shorter).Where(text => text.GetValue<string>().Length > LeastText + 40).ToArray();
        foreach (var text in texts) text.ReplaceWith(Of(text.GetValue<string>(), Math.Max(LeastText, length / texts.Length)));
        if (shorter.ToJsonString().Length > 2 * length) shorter = new JsonObject { ["shortened"] = Of(json, length) };
        return JsonSerializer.SerializeToElement(shorter);
    }

    private static IEnumerable<JsonValue> Texts(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Texts(member.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value],
        _ => [],
    };
}
