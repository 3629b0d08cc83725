using System.Diagnostics.Metrics;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>A histogram's boundaries: what its author advises, else what fits its unit.</summary>
internal static class MetricBuckets
{
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
    private static readonly double[] Bytes = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

    public static double[] Of<T>(Histogram<T> histogram)
        where T : struct => histogram.Advice?.HistogramBucketBoundaries is { Count: > 0 } advised
            ? [.. advised.Select(boundary => Convert.ToDouble(boundary, null)).Order()]
            : histogram.Unit switch { "s" => Seconds, "By" => Bytes, _ => Counts };
}
