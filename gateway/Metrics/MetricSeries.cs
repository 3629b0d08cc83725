using System.Globalization;
using System.Text;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>One line, or a histogram's lines: an instrument with one set of labels.</summary>
internal abstract class MetricSeries(string labels)
{
    protected string Labels => labels;

    /// <summary>Takes a measurement; from any thread.</summary>
    public abstract void Record(double value);

    public abstract void Write(StringBuilder into, string name);

    protected static void WriteLine(StringBuilder into, string name, string labels, double value)
    {
        into.Append(name);
        if (labels.Length > 0) into.Append('{').Append(labels).Append('}');
        into.Append(' ').Append(TextOf(value)).Append('\n');
    }

    protected static string TextOf(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    protected static void Add(ref double sum, double value)
    {
        for (var seen = Volatile.Read(ref sum); ;)
        {
            var before = Interlocked.CompareExchange(ref sum, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }
}

/// <summary>A sum of what is added, of counters and up-down counters.</summary>
internal sealed class SumSeries(string labels) : MetricSeries(labels)
{
    private double sum;

    public override void Record(double value) => Add(ref sum, value);

    public override void Write(StringBuilder into, string name) => WriteLine(into, name, Labels, Volatile.Read(ref sum));
}

/// <summary>The last value said, of gauges and of what is observed; nothing until it is said, and nothing again once it is forgotten.</summary>
internal sealed class LastSeries(string labels) : MetricSeries(labels)
{
    private double last;
    private volatile bool known;

    public override void Record(double value)
    {
        Volatile.Write(ref last, value);
        known = true;
    }

    public void Forget() => known = false;

    public override void Write(StringBuilder into, string name)
    {
        if (known) WriteLine(into, name, Labels, Volatile.Read(ref last));
    }
}

/// <summary>How many values lie below each boundary, their number and their sum.</summary>
internal sealed class HistogramSeries(string labels, double[] boundaries) : MetricSeries(labels)
{
    private readonly long[] counts = new long[boundaries.Length + 1];
    private double sum;

    public override void Record(double value)
    {
        if (double.IsNaN(value)) return;
        var found = boundaries.AsSpan().BinarySearch(value);
        Interlocked.Increment(ref counts[found < 0 ? ~found : found]);
        Add(ref sum, value);
    }

    public override void Write(StringBuilder into, string name)
    {
        var before = Labels.Length > 0 ? Labels + "," : "";
        var all = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            all += Volatile.Read(ref counts[i]);
            WriteLine(into, $"{name}_bucket", $"{before}le=\"{TextOf(i < boundaries.Length ? boundaries[i] : double.PositiveInfinity)}\"", all);
        }

        WriteLine(into, $"{name}_sum", Labels, Volatile.Read(ref sum));
        WriteLine(into, $"{name}_count", Labels, all);
    }
}
