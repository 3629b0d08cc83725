using System.Text.Json;

namespace ToolRuntime.Gateway.Projections;

/// <summary>The text of a message's content: a text, or parts that are texts.</summary>
internal static class ContentText
{
    /// <summary>Null where there is anything else in it: a picture, sound, a file.</summary>
    public static string? Of(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString(),
        JsonValueKind.Null => "",
        JsonValueKind.Array when content.EnumerateArray().Select(OfPart).ToList() is var parts && !parts.Contains(null) => string.Concat(parts),
        _ => null,
    };

    private static string? OfPart(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type)) return null;
        var member = type.ValueEquals("refusal"u8) ? "refusal" : type.ValueEquals("text"u8) || type.ValueEquals("input_text"u8) || type.ValueEquals("output_text"u8) ? "text" : null;
        return member is not null && part.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
    }
}
