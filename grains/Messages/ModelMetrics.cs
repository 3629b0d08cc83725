using System.Diagnostics.Metrics;
using ToolRuntime.Tracing;

namespace ToolRuntime.Messages;

/// <summary>What is measured of models. No label names one: clients choose them.</summary>
internal static class ModelMetrics
{
    private static readonly Meter Meter = new("ToolRuntime");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "toolruntime_model_duration", "s", "How long questions to models took, by outcome.", advice: HistogramBuckets.Seconds);

    public static void Ended(TimeSpan took, string outcome) => Duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
}
