namespace ToolRuntime.Statistics;

/// <summary>How often durations fell into each of some buckets, whose bounds grow by an eighth of a power of two: a duration is known to within 5 %.</summary>
internal sealed class DurationHistogram
{
    private const int PerDoubling = 8;

    /// <summary>Up to some 12 days.</summary>
    private const int Buckets = 30 * PerDoubling;

    private readonly SortedDictionary<int, long> counts = [];

    public long Count { get; private set; }

    /// <summary>The buckets that have anything, in order.</summary>
    public IReadOnlyCollection<KeyValuePair<int, long>> Counts => counts;

    public void Add(long ms) => Add(Bucket(ms), 1);

    public void Add(int bucket, long count)
    {
        bucket = Math.Clamp(bucket, 0, Buckets);
        counts[bucket] = counts.GetValueOrDefault(bucket) + count;
        Count += count;
    }

    public void Add(DurationHistogram other)
    {
        foreach (var (bucket, count) in other.counts) Add(bucket, count);
    }

    /// <summary>The duration that so large a part of all do not exceed, by the middle of its bucket; null without any.</summary>
    public double? Quantile(double part)
    {
        if (Count == 0) return null;
        var (rank, seen) = ((long)Math.Ceiling(part * Count), 0L);
        foreach (var (bucket, count) in counts)
        {
            seen += count;
            if (seen >= rank) return Middle(bucket);
        }

        return null;
    }

    /// <summary>Bucket 0 holds up to 1 ms, bucket n what lies between 2^((n-1)/8) and 2^(n/8) ms.</summary>
    private static int Bucket(long ms) => ms <= 1 ? 0 : Math.Min(Buckets, (int)Math.Ceiling((Math.Log2(ms) * PerDoubling) - 1e-9));

    private static double Middle(int bucket) => bucket == 0 ? 1 : Math.Round(Math.Pow(2, (bucket - 0.5) / PerDoubling), 1);
}
