using System.Diagnostics;
using System.Diagnostics.Metrics;
using ToolRuntime.Tracing;

namespace ToolRuntime.Stores;

/// <summary>What is measured of this process's session log. Costs nothing while nobody listens.</summary>
internal static class SessionLogMetrics
{
    private static readonly Meter Meter = new("ToolRuntime");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "toolruntime_log_events_appended", description: "Events written to the log.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "toolruntime_log_failed_writes", description: "Writes of the log that failed.");
    private static readonly Histogram<double> Latency = Meter.CreateHistogram(
        "toolruntime_log_write_duration", "s", "Time from asking for a write of the log until it is durable.", advice: HistogramBuckets.Seconds);

    private static readonly Histogram<int> Group = Meter.CreateHistogram(
        "toolruntime_log_group_writes", description: "Writes that shared one transaction.", advice: HistogramBuckets.Counts);

    /// <summary>When a write began; 0 while nobody listens.</summary>
    public static long Begin() => Latency.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void Written(long began)
    {
        if (began != 0) Latency.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    public static void Appended(int events) => Events.Add(events);

    public static void Committed(int writes) => Group.Record(writes);

    public static void Failed(int writes) => Failures.Add(writes);
}
