using System.Text;
using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Functions;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// What a server answered, as a tool's result. Structured content is the result as it is, else it is <c>{text?, content?}</c>: all text,
/// and what is no text, of which links and texts of resources are kept as they are and binary data as files of the workspace. The whole
/// text is also the attempt's output. What says of itself that it is an error is one, with all that it says.
/// </summary>
internal static class McpResult
{
    /// <summary>The tool itself says that it failed.</summary>
    public const string ToolErrorCode = "tool_error";

    public const int MaxError = 8_000;

    public static async Task<ToolResult> OfAsync(McpAnswer answer, IToolContext context, int maxText, CancellationToken cancellationToken)
    {
        var text = answer.Text;
        if (answer.IsError) return await FailureAsync(answer, text, context, cancellationToken);

        if (text.Length == 0 && answer.Structured is { } only) text = only.GetRawText();
        if (text.Length > 0) await context.WriteOutputAsync(OutputStream.Result, Encoding.UTF8.GetBytes(text), cancellationToken);
        var content = await McpContent.KeepAsync(answer.Parts, context, cancellationToken);
        var result = answer.Structured is { } structured && structured.GetRawText() is { } json && json.Length <= maxText
            ? Structured(structured)
            : Described(text, content, maxText);
        var summary = text.Length > 0 || content.Count == 0 ? FunctionResult.Short(text) : $"{content.Count} {(content.Count == 1 ? "part" : "parts")} of content";
        return ToolResult.Success(result, summary);
    }

    /// <summary>A failure has only its message to say why, so what is no text is in that too.</summary>
    private static async Task<ToolResult> FailureAsync(
        McpAnswer answer, string text, IToolContext context, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        if (text.Length > 0) said.Add(text);
        if (answer.Structured is { } structured && !Says(text, structured)) said.Add(structured.GetRawText());
        said.AddRange((await McpContent.KeepAsync(answer.Parts, context, cancellationToken)).Select(part => part.Json));
        if (said.Count == 0) said.Add("The tool failed and did not say why.");
        return ToolResult.Failure(new(ToolErrorCode, McpText.Shorten(string.Join('\n', said), MaxError)));
    }

    /// <summary>Whether the text is the same value, as the protocol recommends.</summary>
    private static bool Says(string text, JsonElement structured)
    {
        try
        {
            using var read = JsonDocument.Parse(text);
            return JsonElement.DeepEquals(read.RootElement, structured);
        }
        catch (JsonException)
        {
            return false;
        }
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
