using System.Diagnostics.Metrics;

namespace ToolRuntime.Tracing;

/// <summary>Boundaries that this system's histograms advise; who collects them follows the advice.</summary>
public static class HistogramBuckets
{
    /// <summary>Of times from half a millisecond to five minutes, in seconds.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    /// <summary>Of how many there were of something.</summary>
    public static InstrumentAdvice<int> Counts { get; } = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
    };
}
