using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Reads fields of events of whatever version wrote them: one that is not there, or is something else, is null.</summary>
internal static class RecordedJson
{
    private const int LongestWhat = 120;

    public static string? TextOf(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? NumberOf(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Of the end of a process, the code that it ended with; a failure tells it in words.</summary>
    public static int? ExitCode(this JsonElement json)
    {
        const string Before = "exit code ";
        if (json.TryGetProperty("result", out var result) && result.NumberOf("exitCode") is { } code) return (int)code;
        if (!json.TryGetProperty("error", out var error) || error.TextOf("code") != "exit_code" || error.TextOf("message") is not { } message) return null;
        var at = message.IndexOf(Before, StringComparison.Ordinal);
        var digits = at < 0 ? "" : new string([.. message[(at + Before.Length)..].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A tool and what it was called with, in a line.</summary>
    public static string Describe(string tool, JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.EnumerateObject().Any()) return tool;
        var what = arguments.TextOf("command") ?? arguments.GetRawText();
        what = string.Join(' ', what.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (what.Length > LongestWhat) what = $"{what[..(char.IsHighSurrogate(what[LongestWhat - 1]) ? LongestWhat - 1 : LongestWhat)]}…";
        return $"{tool}: {what}";
    }
}
