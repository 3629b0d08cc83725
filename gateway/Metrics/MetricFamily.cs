using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>
/// One instrument with all its series. There are at most <see cref="MaxSeries"/>: what comes with further labels is summed in one with <c>overflow="true"</c>,
/// so that no label, whatever it holds, can fill the memory.
/// </summary>
internal sealed class MetricFamily(string name, string kind, Instrument instrument, Func<string, MetricSeries> create)
{
    public const int MaxSeries = 200;
    private const string Overflow = "overflow=\"true\"";

    private readonly ConcurrentDictionary<string, MetricSeries> series = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private volatile Dictionary<int, (KeyValuePair<string, object?>[] Tags, MetricSeries Series)> known = [];
    private MetricSeries? plain;

    public string Name => name;

    public Instrument Instrument => instrument;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => (tags.IsEmpty ? plain ??= Find(tags) : Known(tags)).Record(value);

    /// <summary>What is observed is observed anew: a series that is not said again is gone.</summary>
    public void Forget()
    {
        foreach (var last in series.Values.OfType<LastSeries>()) last.Forget();
    }

    public void Write(StringBuilder into)
    {
        var lines = new StringBuilder();
        foreach (var (_, one) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal)) one.Write(lines, name);
        if (lines.Length == 0) return;
        if (!string.IsNullOrEmpty(instrument.Description)) into.Append("# HELP ").Append(name).Append(' ').Append(Escape(instrument.Description)).Append('\n');
        into.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n').Append(lines);
    }

    private MetricSeries Known(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = MetricLabels.Hash(tags);
        if (known.TryGetValue(hash, out var hit) && Same(hit.Tags, tags)) return hit.Series;
        var found = Find(tags);
        lock (gate)
        {
            // Copied, so that reading needs no lock; tags whose hash is taken are looked up by their text each time.
            if (known.Count < MaxSeries && !known.ContainsKey(hash)) known = new(known) { [hash] = (tags.ToArray(), found) };
        }

        return found;
    }

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = MetricLabels.Of(tags);
        if (series.TryGetValue(labels, out var found)) return found;
        lock (gate) return series.GetOrAdd(series.Count < MaxSeries ? labels : Overflow, create);
    }

    private static bool Same(KeyValuePair<string, object?>[] some, ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (some.Length != others.Length) return false;
        for (var i = 0; i < some.Length; i++)
        {
            if (some[i].Key != others[i].Key || !Equals(some[i].Value, others[i].Value)) return false;
        }

        return true;
    }

    private static string Escape(string help) => help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
