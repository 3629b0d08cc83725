using System.Globalization;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>How long it took until work went on, by what had happened.</summary>
internal sealed class FaultFigures
{
    private readonly SortedDictionary<string, List<double>> taken = new(StringComparer.Ordinal);

    public void Add(string what, TimeSpan took)
    {
        if (!taken.TryGetValue(what, out var all)) taken[what] = all = [];
        all.Add(took.TotalMilliseconds);
    }

    public IEnumerable<string> Lines() => taken.Select(row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Key} | {row.Value.Count} | {At(row.Value, 0.5):0} | {At(row.Value, 0.99):0} | {row.Value.Max():0} |")).Prepend("| until the next event, ms | n | p50 | p99 | max |");

    private static double At(List<double> values, double part) => values.Order().ElementAt(Math.Min(values.Count - 1, (int)Math.Ceiling(part * values.Count) - 1));
}
