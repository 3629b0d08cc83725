using System.Text.Json;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// How long calls took in a session: the same call, or calls of the same shape as long as they are alike. What has not been measured is not guessed.
/// </summary>
internal sealed class CallDurations(SessionState state)
{
    /// <summary>Runs of a shape tell nothing of the next one where they differ by more than so many times, and a second.</summary>
    private const int Alike = 3;

    private Dictionary<string, List<long>>? calls, shapes;

    /// <summary>Milliseconds that a call is likely to take; null where nothing says so.</summary>
    public long? Of(string tool, JsonText arguments)
    {
        if (calls is null) Measure();
        if (calls!.TryGetValue(CallOf(tool, arguments), out var same)) return Median(same);
        return shapes!.TryGetValue(ShapeOf(tool, arguments), out var some) && some.Count > 1 && some[^1] <= (Alike * some[0]) + 1_000 ? Median(some) : null;
    }

    private void Measure()
    {
        (calls, shapes) = ([], []);
        foreach (var execution in state.Executions.Values)
        {
            if (execution is not { Status: ExecutionStatus.Completed, ElapsedMs: { } took, Metrics.Cached: not true, Tool: null }) continue;
            Add(calls, CallOf(execution.Name, execution.Arguments), took);
            Add(shapes, ShapeOf(execution.Name, execution.Arguments), took);
        }

        foreach (var each in calls.Values.Concat(shapes.Values)) each.Sort();
    }

    private static void Add(Dictionary<string, List<long>> times, string key, long took)
    {
        if (!times.TryGetValue(key, out var known)) times[key] = known = [];
        known.Add(took);
    }

    private static long Median(List<long> times) => times[times.Count / 2];

    private static string CallOf(string tool, JsonText arguments) => $"{tool} {arguments.Json}";

    /// <summary>The tool, the names of its arguments, and the first word of each text.</summary>
    private static string ShapeOf(string tool, JsonText arguments)
    {
        var element = arguments.ToElement();
        if (element.ValueKind != JsonValueKind.Object) return tool;
        var members = element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => member.Value.ValueKind == JsonValueKind.String ? $"{member.Name}={FirstWord(member.Value.GetString()!)}" : member.Name);
        return $"{tool} {string.Join(' ', members)}";
    }

    private static string FirstWord(string text)
    {
        var end = text.AsSpan().IndexOfAny(' ', '\n');
        return end < 0 ? text : text[..end];
    }
}
