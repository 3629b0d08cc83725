using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A part of an answer; <see cref="Block"/> is null if it is of a type that is not known, or can't be read.</summary>
internal sealed record McpPart(string Type, ContentBlock? Block);

/// <summary>
/// What a server answered to a call. Each part is read for itself, since the package refuses the whole answer for one that it does not
/// know.
/// </summary>
internal sealed record McpAnswer(IReadOnlyList<McpPart> Parts, JsonElement? Structured, bool IsError)
{
    private const int MaxType = 100;

    /// <summary>All text.</summary>
    public string Text => string.Join('\n', Parts.Select(part => part.Block).OfType<TextContentBlock>().Select(block => block.Text));

    /// <exception cref="JsonException">It is no answer to a call.</exception>
    public static McpAnswer Read(JsonNode? result)
    {
        if (result is null) throw new JsonException("The answer is empty.");
        var answer = JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions);
        if (answer.ValueKind != JsonValueKind.Object) throw new JsonException("The answer is no object.");
        if (StringOf(answer, "resultType") is { } type && type != "complete")
        {
            throw new JsonException(
                $"The answer is of the type '{McpText.Shorten(type, MaxType)}', which this client does not take part in.");
        }

        var given = answer.TryGetProperty("content", out var content) && content.ValueKind != JsonValueKind.Null;
        if (given && content.ValueKind != JsonValueKind.Array) throw new JsonException("The content of the answer is no list.");
        var isStructured = answer.TryGetProperty("structuredContent", out var structured) && structured.ValueKind != JsonValueKind.Null;
        var isError = answer.TryGetProperty("isError", out var error) && error.ValueKind == JsonValueKind.True;
        return new(given ? [.. content.EnumerateArray().Select(Part)] : [], isStructured ? structured : null, isError);
    }

    private static McpPart Part(JsonElement part)
    {
        var named = part.ValueKind == JsonValueKind.Object ? StringOf(part, "type") : null;
        var type = string.IsNullOrEmpty(named) ? "unknown" : McpText.Shorten(named, MaxType);
        try
        {
            return new(type, part.Deserialize<ContentBlock>(McpJsonUtilities.DefaultOptions));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return new(type, null);
        }
    }

    private static string? StringOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
