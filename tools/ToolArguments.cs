using System.Text.Json;

namespace ToolRuntime.Tools;

/// <summary>Reads arguments that the schema has been checked for.</summary>
internal static class ToolArguments
{
    public static string GetText(this ToolCall call, string name) => call.Arguments.GetProperty(name).GetString()!;

    public static string? FindText(this ToolCall call, string name) => call.Find(name)?.GetString();

    public static int? FindNumber(this ToolCall call, string name) => call.Find(name) is { } value ? (int)value.GetDouble() : null;

    public static bool FindFlag(this ToolCall call, string name, bool otherwise = false) => call.Find(name)?.GetBoolean() ?? otherwise;

    public static JsonElement? Find(this ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
