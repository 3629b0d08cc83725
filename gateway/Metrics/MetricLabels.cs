using System.Globalization;
using System.Text;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>Tags as Prometheus' labels, <c>{a="1",b="2"}</c> without the braces: sorted, escaped, and the same for the same tags in any order.</summary>
internal static class MetricLabels
{
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (tag, value) in tags)
        {
            var (name, text) = (MetricNames.Label(tag), TextOf(value));
            // Tags whose names are alike as labels share one.
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{text}" : text;
        }

        var all = new StringBuilder();
        foreach (var (name, text) in labels)
        {
            if (all.Length > 0) all.Append(',');
            all.Append(name).Append("=\"").Append(Escape(text)).Append('"');
        }

        return all.ToString();
    }

    /// <summary>A hash of the tags as they come.</summary>
    public static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = default(HashCode);
        foreach (var (tag, value) in tags)
        {
            hash.Add(tag);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Escape(string text) => text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
