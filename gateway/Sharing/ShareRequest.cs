using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ToolRuntime.Gateway.Sharing;

/// <summary><c>{execution?, from?, to?, follow?, expiresInHours?, label?}</c>.</summary>
internal sealed record ShareRequest(string? Execution, long? From, long? To, bool Follow, int? Hours, string? Label)
{
    private const int LongestLabel = 200;

    private static readonly string[] Fields = ["execution", "from", "to", "follow", "expiresInHours", "label"];

    /// <summary>Reads it, or says what is wrong.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out ShareRequest? request, [NotNullWhen(false)] out string? problem)
    {
        request = null;
        problem = json.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !Fields.Contains(name)) is { } unknown ? $"There is no field {unknown}." : null;
        string? execution = null, label = null;
        if (problem is null && json.TryGetProperty("execution", out var named) && !(IsText(named, out execution) && EntityId.IsValid(execution))) problem = "execution is no id of an execution.";
        if (problem is null && json.TryGetProperty("label", out var told) && !(IsText(told, out label) && label.Length <= LongestLabel)) problem = $"label is no text of at most {LongestLabel} characters.";
        var from = Number(json, "from", ref problem);
        var to = Number(json, "to", ref problem);
        var hours = Number(json, "expiresInHours", ref problem);
        var follow = json.TryGetProperty("follow", out var live) && live.ValueKind == JsonValueKind.True;
        if (problem is null && json.TryGetProperty("follow", out live) && live.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) problem = "follow is neither true nor false.";
        if (problem is null && from > to) problem = "from is beyond to.";
        if (problem is null && follow && to is not null) problem = "With follow there is no to.";
        if (problem is not null) return false;
        request = new(execution, from, to, follow, hours is > int.MaxValue ? int.MaxValue : (int?)hours, string.IsNullOrWhiteSpace(label) ? null : label.Trim());
        return true;
    }

    private static bool IsText(JsonElement json, [NotNullWhen(true)] out string? text)
    {
        text = json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        return text is not null;
    }

    private static long? Number(JsonElement json, string name, ref string? problem)
    {
        if (problem is not null || !json.TryGetProperty(name, out var field)) return null;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var number) && number > 0) return number;
        problem = $"{name} is no whole number from 1 on.";
        return null;
    }
}
