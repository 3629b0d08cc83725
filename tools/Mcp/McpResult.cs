using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ToolRuntime.Events;
using ToolRuntime.Tools.Functions;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// What a server answered, as a tool's result. Structured content is the result as it is, else it is <c>{text?, content?}</c>: all text, and what is no text, of
/// which links and texts of resources are kept as they are and binary data as files of the workspace. The whole text is also the attempt's output.
/// </summary>
internal static class McpResult
{
    /// <summary>The tool itself says that it failed.</summary>
    public const string ToolErrorCode = "tool_error";

    public const int MaxError = 8_000;

    public static async Task<ToolResult> OfAsync(CallToolResult answer, IToolContext context, int maxText, CancellationToken cancellationToken)
    {
        var text = string.Join('\n', answer.Content.OfType<TextContentBlock>().Select(block => block.Text));
        if (answer.IsError == true) return ToolResult.Failure(new(ToolErrorCode, text.Length == 0 ? "The tool failed and did not say why." : McpText.Shorten(text, MaxError)));

        if (text.Length == 0 && answer.StructuredContent is { } only) text = only.GetRawText();
        if (text.Length > 0) await context.WriteOutputAsync(OutputStream.Result, Encoding.UTF8.GetBytes(text), cancellationToken);
        var content = await McpContent.KeepAsync(answer.Content, context, cancellationToken);
        var result = answer.StructuredContent is { } structured && structured.GetRawText() is { } json && json.Length <= maxText
            ? Structured(structured)
            : Described(text, content, maxText);
        var summary = text.Length > 0 || content.Count == 0 ? FunctionResult.Short(text) : $"{content.Count} {(content.Count == 1 ? "part" : "parts")} of content";
        return ToolResult.Success(result, summary);
    }

    private static JsonText Structured(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? JsonText.From(value)
        : JsonText.Object(json =>
        {
            json.WritePropertyName("value");
            value.WriteTo(json);
        });

    private static JsonText Described(string text, IReadOnlyList<JsonText> content, int maxText) => JsonText.Object(json =>
    {
        if (text.Length > 0) json.WriteString("text", McpText.Shorten(text, maxText));
        if (text.Length > maxText) json.WriteNumber("totalCharacters", text.Length);
        if (content.Count == 0) return;
        json.WriteStartArray("content");
        foreach (var part in content) json.WriteRawValue(part.Json);
        json.WriteEndArray();
    });
}
