namespace ToolRuntime.Metrics;

/// <summary>
/// Gathers the measurements of one series between two samples. Recording allocates nothing and waits for nobody: an addition, or a bucket's.
/// </summary>
internal sealed class MetricRecorder(MetricDefinition definition, bool observed, bool cumulative)
{
    /// <summary>Four buckets for each doubling: a percentile is within 9 per cent.</summary>
    private const int PerDoubling = 4;

    /// <summary>The first bucket begins at 2^-14 s, 61 µs.</summary>
    private const int FirstPower = -14;

    private readonly long[] buckets = definition.IsPercentile ? new long[128] : [];
    private double total;
    private double before = double.NaN;
    private bool measured;

    /// <summary>Whether the instrument is asked, and does not tell by itself.</summary>
    public bool IsObserved => observed;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (definition.Counts is var (label, not) && Has(tags, label, not)) return;
        if (definition.IsPercentile) Interlocked.Increment(ref buckets[BucketOf(value)]);
        else Add(definition.Kind == MetricKind.CountRate ? 1 : value);
    }

    /// <summary>Before the values of what is asked come: each is the whole of its labels.</summary>
    public void BeginObserving() => Volatile.Write(ref total, 0);

    /// <summary>The value of the step that ends, and begins the next; not a number where there is none.</summary>
    public float Sample(double seconds)
    {
        if (definition.IsPercentile) return Percentile(definition.Kind == MetricKind.P50 ? 0.5 : 0.99);
        var now = Volatile.Read(ref total);
        if (definition.IsLevel) return Volatile.Read(ref measured) ? (float)now : float.NaN;
        var earlier = before;
        before = now;
        // What was there before the first sample of what is observed is of no known time.
        if (double.IsNaN(earlier)) return cumulative || !Volatile.Read(ref measured) ? float.NaN : (float)(now / seconds);
        return (float)(Math.Max(0, now - earlier) / seconds);
    }

    private static int BucketOf(double seconds) =>
        seconds <= 0 ? 0 : Math.Clamp((int)Math.Floor((Math.Log2(seconds) - FirstPower) * PerDoubling), 0, 127);

    private static bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags, string label, string value)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == label) return tag.Value is string text && text == value;
        }

        return false;
    }

    private void Add(double value)
    {
        double seen;
        do
        {
            seen = Volatile.Read(ref total);
        }
        while (Interlocked.CompareExchange(ref total, seen + value, seen) != seen);

        Volatile.Write(ref measured, true);
    }

    private float Percentile(double share)
    {
        Span<long> counts = stackalloc long[buckets.Length];
        long all = 0;
        for (var i = 0; i < buckets.Length; i++) all += counts[i] = Interlocked.Exchange(ref buckets[i], 0);
        if (all == 0) return float.NaN;
        var wanted = (long)Math.Ceiling(share * all);
        for (var i = 0; i < counts.Length; i++)
        {
            if ((wanted -= counts[i]) <= 0) return (float)Math.Pow(2, ((i + 0.5) / PerDoubling) + FirstPower);
        }

        return float.NaN;
    }
}
