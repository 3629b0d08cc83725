using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Directive;

/// <summary>The summary of the last batch: one line a call, in call order.</summary>
internal static class BatchSummary
{
    public static IEnumerable<string> Of(List<ChatMessage> conversation)
    {
        var results = conversation[^1].Contents.OfType<FunctionResultContent>().ToList();
        var calls = conversation.Count < 2 ? [] : conversation[^2].Contents.OfType<FunctionCallContent>().ToList();
        var completed = results.Count(r => Text(r, "status") == "completed");
        yield return results.Count == 1 ? completed == 1 ? "1 tool completed.\n" : "The tool did not complete.\n"
            : completed == results.Count ? $"All {results.Count} tools completed.\n"
            : $"{completed} of {results.Count} tools completed.\n";
        foreach (var result in results)
        {
            var name = calls.Find(c => c.CallId == result.CallId)?.Name ?? "tool";
            yield return $"- `{name}` {Ended(result)}\n";
        }
    }

    /// <summary>How it ended; what a person ended says so once.</summary>
    private static string Ended(FunctionResultContent result)
    {
        var status = Text(result, "status")?.Replace('_', ' ');
        if (Member(result, "error") is { } error && error.GetProperty("code").GetString() is "cancelled" or "denied")
        {
            var (code, said) = (error.GetProperty("code").GetString()!, error.GetProperty("message").GetString() ?? "");
            return said.StartsWith(code, StringComparison.OrdinalIgnoreCase) ? $"{code}{said[code.Length..].TrimEnd('.')}{Elapsed(result, "after")}" : $"{code}{Elapsed(result, "after")}: {said}";
        }

        return $"{status}{Elapsed(result, "in")}: {Outcome(result)}";
    }

    private static string Outcome(FunctionResultContent result)
    {
        var error = Member(result, "error");
        if (error is { } e) return $"{e.GetProperty("code").GetString()}: {e.GetProperty("message").GetString()}";
        return Text(result, "summary") ?? "done";
    }

    private static string Elapsed(FunctionResultContent result, string how) => Member(result, "elapsedMs") is { } elapsed ? $" {how} {Duration(elapsed.GetInt64())}" : "";

    /// <summary>As the page shows it: what has gone by, never rounded up.</summary>
    private static string Duration(long ms)
    {
        var (seconds, tenths) = (ms / 1_000, ms / 100);
        return ms < 100 ? "< 0.1 s"
            : ms < 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{tenths / 10}.{tenths % 10} s")
            : seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds} s")
            : seconds < 3_600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    private static string? Text(FunctionResultContent result, string name) => Member(result, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(FunctionResultContent result, string name) =>
        result.Result is JsonElement { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}
