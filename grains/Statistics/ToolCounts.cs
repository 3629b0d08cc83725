using ToolRuntime.Events;

namespace ToolRuntime.Statistics;

/// <summary>What is counted of a tool's calls; of any two the sum is the same, whichever way it is made.</summary>
internal sealed class ToolCounts
{
    public long Calls { get; set; }

    public long Completed { get; set; }

    public long Failed { get; set; }

    public long TimedOut { get; set; }

    public long Cancelled { get; set; }

    public long Retries { get; set; }

    public long Timeouts { get; set; }

    public long Fallbacks { get; set; }

    public long CacheHits { get; set; }

    public long CpuMs { get; set; }

    public long PeakMemoryBytes { get; set; }

    public long LargestPeakBytes { get; set; }

    public long Measured { get; set; }

    public long ApiCalls { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    public DurationHistogram Durations { get; } = new();

    public void Add(ToolCounts other)
    {
        Calls += other.Calls;
        Completed += other.Completed;
        Failed += other.Failed;
        TimedOut += other.TimedOut;
        Cancelled += other.Cancelled;
        Retries += other.Retries;
        Timeouts += other.Timeouts;
        Fallbacks += other.Fallbacks;
        CacheHits += other.CacheHits;
        CpuMs += other.CpuMs;
        PeakMemoryBytes += other.PeakMemoryBytes;
        LargestPeakBytes = Math.Max(LargestPeakBytes, other.LargestPeakBytes);
        Measured += other.Measured;
        ApiCalls += other.ApiCalls;
        BytesIn += other.BytesIn;
        BytesOut += other.BytesOut;
        Durations.Add(other.Durations);
    }

    /// <summary>What an attempt took.</summary>
    public void Add(ToolMetrics? metrics)
    {
        ApiCalls += metrics?.ApiCalls ?? 0;
        BytesIn += metrics?.BytesIn ?? 0;
        BytesOut += metrics?.BytesOut ?? 0;
        if (metrics is not ({ PeakMemoryBytes: not null } or { CpuMs: not null })) return;
        Measured++;
        CpuMs += metrics.CpuMs ?? 0;
        PeakMemoryBytes += metrics.PeakMemoryBytes ?? 0;
        LargestPeakBytes = Math.Max(LargestPeakBytes, metrics.PeakMemoryBytes ?? 0);
    }

    public ToolFigures ToFigures() => new()
    {
        Calls = Calls,
        Completed = Completed,
        Failed = Failed,
        TimedOut = TimedOut,
        Cancelled = Cancelled,
        Retries = Retries,
        Timeouts = Timeouts,
        Fallbacks = Fallbacks,
        CacheHits = CacheHits,
        CpuMs = CpuMs,
        PeakMemoryBytes = PeakMemoryBytes,
        LargestPeakBytes = LargestPeakBytes,
        Measured = Measured,
        ApiCalls = ApiCalls,
        BytesIn = BytesIn,
        BytesOut = BytesOut,
        P50Ms = Durations.Quantile(0.5),
        P95Ms = Durations.Quantile(0.95),
        P99Ms = Durations.Quantile(0.99),
    };
}
