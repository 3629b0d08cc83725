using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>Reads what calls were given and how they ended.</summary>
internal static class CallArguments
{
    /// <summary>A text among the arguments; empty where a model's call has none.</summary>
    public static string Text(PlannedTool tool, string name) =>
        Member(tool.Arguments, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    public static int? Number(JsonText result, string name) =>
        Member(result, name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;

    /// <summary>Why a call ended without a result.</summary>
    public static ToolError? ErrorOf(SessionEvent end) => end switch
    {
        ToolFailed failed => failed.Error,
        ToolTimedOut late => late.Error,
        ToolCancelled cancelled => cancelled.Error,
        _ => null,
    };

    private static JsonElement? Member(JsonText json, string name) =>
        json.ToElement() is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value) ? value : null;
}
