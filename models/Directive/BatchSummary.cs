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
        yield return completed == results.Count
            ? $"All {results.Count} tools completed.\n"
            : $"{completed} of {results.Count} tools completed.\n";
        foreach (var result in results)
        {
            var name = calls.Find(c => c.CallId == result.CallId)?.Name ?? "tool";
            yield return $"- `{name}` {Text(result, "status")?.Replace('_', ' ')}{Elapsed(result)}: {Outcome(result)}\n";
        }
    }

    private static string Outcome(FunctionResultContent result)
    {
        var error = Member(result, "error");
        if (error is { } e) return $"{e.GetProperty("code").GetString()}: {e.GetProperty("message").GetString()}";
        return Text(result, "summary") ?? "done";
    }

    private static string Elapsed(FunctionResultContent result) => Member(result, "elapsedMs") is { } elapsed
        ? string.Create(CultureInfo.InvariantCulture, $" in {elapsed.GetInt64() / 1000.0:0.0} s")
        : "";

    private static string? Text(FunctionResultContent result, string name) => Member(result, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(FunctionResultContent result, string name) =>
        result.Result is JsonElement { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}
