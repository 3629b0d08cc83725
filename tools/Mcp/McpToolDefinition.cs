using System.Text.Json;
using ToolRuntime.Tools.Functions;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A tool as its server describes it. The hints are claims.</summary>
internal sealed record McpToolDefinition(string Name, string Description, JsonText Parameters, bool HintsIdempotent)
{
    private const int MaxDescription = 8_000;

    /// <summary>Null if it can't be called: it has no name.</summary>
    public static McpToolDefinition? Read(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || Text(tool, "name") is not { Length: > 0 } name) return null;
        var description = Text(tool, "description") ?? Text(tool, "title");
        var text = string.IsNullOrWhiteSpace(description) ? name : description;
        var hints = tool.TryGetProperty("annotations", out var annotations)
            && (Says(annotations, "readOnlyHint") || Says(annotations, "idempotentHint"));
        return new(name, McpText.Shorten(text, MaxDescription), SchemaOf(tool), hints);
    }

    private static JsonText SchemaOf(JsonElement tool) =>
        FunctionSchema.Parameters(tool.TryGetProperty("inputSchema", out var schema) ? schema : default);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Says(JsonElement hints, string name) =>
        hints.ValueKind == JsonValueKind.Object && hints.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
