using System.Collections.Immutable;

namespace ToolRuntime.Statistics;

/// <summary>Makes reports of counted steps.</summary>
internal static class StatisticsReports
{
    public static StatisticsReport Of(
        long from, DateTimeOffset to, long stepMs, IReadOnlyCollection<KeyValuePair<long, CountsTable>> steps, string? tool, IEnumerable<ToolNow> now)
    {
        var all = new CountsTable();
        foreach (var step in steps) all.Add(step.Value);
        var present = Merge(now);
        foreach (var name in present.Keys.Where(name => present[name] is { Running: > 0 } or { Waiting: > 0 })) _ = all.Of(name);
        return new(
            DateTimeOffset.FromUnixTimeMilliseconds(from),
            to,
            stepMs,
            [.. all.Tools.Select(counted => ToolOf(counted.Key, counted.Value.ToFigures(), present.GetValueOrDefault(counted.Key)))],
            all.Sum().ToFigures(),
            [.. Points(steps, tool)]);
    }

    private static IEnumerable<StatisticsPoint> Points(IEnumerable<KeyValuePair<long, CountsTable>> steps, string? tool)
    {
        foreach (var (at, counts) in steps)
        {
            var one = tool is null ? counts.Sum() : counts.Tools.GetValueOrDefault(tool);
            if (one is { Calls: > 0 } or { Retries: > 0 }) yield return new(DateTimeOffset.FromUnixTimeMilliseconds(at), one.ToFigures());
        }
    }

    private static ToolStatistics ToolOf(string tool, ToolFigures figures, ToolNow? now) => new(tool, figures, now?.Running ?? 0, now?.Waiting ?? 0, now?.Breaker);

    /// <summary>All silos' together: the worst breaker counts.</summary>
    private static Dictionary<string, ToolNow> Merge(IEnumerable<ToolNow> all)
    {
        var merged = new Dictionary<string, ToolNow>(StringComparer.Ordinal);
        foreach (var one in all)
        {
            merged[one.Tool] = merged.TryGetValue(one.Tool, out var known)
                ? new(one.Tool, known.Running + one.Running, known.Waiting + one.Waiting, known.Breaker is null || one.Breaker > known.Breaker ? one.Breaker : known.Breaker)
                : one;
        }

        return merged;
    }
}
