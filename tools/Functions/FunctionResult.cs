using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Tools.Functions;

/// <summary>
/// What a function returned, as a tool's result: an object as it is, text as <c>{"text": ..}</c>, any other value as <c>{"value": ..}</c>,
/// nothing as <c>{}</c>.
/// </summary>
internal static class FunctionResult
{
    private const int MaxSummary = 200;

    public static ToolResult Of(object? returned, JsonSerializerOptions json) => returned switch
    {
        null => ToolResult.Success(JsonText.EmptyObject, "done"),
        ToolResult result => result,
        string text => Text(text),
        TextContent content => Text(content.Text),
        JsonElement element => Of(element),
        _ => Of(JsonSerializer.SerializeToElement(returned, json.GetTypeInfo(returned.GetType()))),
    };

    private static ToolResult Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => Of(null, JsonSerializerOptions.Default),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Object => ToolResult.Success(JsonText.From(value), Short(value.GetRawText())),
        _ => ToolResult.Success(
            JsonText.Object(json =>
            {
                json.WritePropertyName("value");
                value.WriteTo(json);
            }),
            Short(value.GetRawText())),
    };

    private static ToolResult Text(string text) => ToolResult.Success(JsonText.Object(json => json.WriteString("text", text)), Short(text));

    /// <summary>The first line, for a person.</summary>
    internal static string Short(string text)
    {
        var line = text.AsSpan().TrimStart();
        if (line.IndexOfAny('\r', '\n') is >= 0 and var end) line = line[..end];
        if (line.Length <= MaxSummary) return line.IsEmpty ? "done" : line.ToString();

        // Never half a character.
        var length = char.IsHighSurrogate(line[MaxSummary - 1]) ? MaxSummary - 1 : MaxSummary;
        return $"{line[..length]}…";
    }
}
