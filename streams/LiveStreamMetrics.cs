using System.Diagnostics.Metrics;

namespace ToolRuntime.Streams;

/// <summary>What is measured of live streams.</summary>
internal static class LiveStreamMetrics
{
    private static readonly Meter Meter = new("ToolRuntime");

    public static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "toolruntime_stream_items_dropped", description: "Items that a slow subscriber missed.");
}
