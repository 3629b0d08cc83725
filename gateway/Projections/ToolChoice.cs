using System.Collections.Immutable;
using System.Text.Json;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Which of the server's tools a request lets the model call. The server runs them itself: none of a client's own can be among them.</summary>
internal static class ToolChoice
{
    /// <summary>
    /// The names in <c>tools</c>; all tools (null) where there are none in it, none where <c>tool_choice</c> says so. What is not the server's is refused when
    /// the message is sent.
    /// </summary>
    public static ImmutableArray<string>? Of(RequestFields fields)
    {
        var choice = fields.Find("tool_choice");
        if (choice is { ValueKind: JsonValueKind.String } word && word.GetString() is var chosen && chosen != "auto")
        {
            return chosen == "none" ? [] : fields.Refuse<ImmutableArray<string>?>("tool_choice", "tool_choice must be auto or none: whether a tool is called is up to the model.");
        }

        if (choice is { ValueKind: not JsonValueKind.String }) return fields.Refuse<ImmutableArray<string>?>("tool_choice", "tool_choice must be auto or none.");
        if (fields.Array("tools") is not { } tools || tools.GetArrayLength() == 0) return null;
        var names = tools.EnumerateArray().Select(NameOf).ToList();
        return names.Contains(null)
            ? fields.Refuse<ImmutableArray<string>?>("tools", "Each of tools must be shell, code_interpreter, or a function that names a tool of the server's.")
            : [.. names.OfType<string>()];
    }

    /// <summary>Chat Completions puts the name into <c>function</c>, Responses beside the type.</summary>
    private static string? NameOf(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String) return null;
        if (type.GetString() is "shell" or "code_interpreter") return type.ValueEquals("shell"u8) ? "shell" : "code";
        if (!type.ValueEquals("function"u8)) return null;
        var named = tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : tool;
        return named.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }
}
