using System.Diagnostics.Metrics;

namespace ToolRuntime.Stores.Redis;

/// <summary>What goes to the archive of idle sessions and comes back.</summary>
internal static class ArchiveMetrics
{
    private static readonly Meter Meter = new("ToolRuntime");
    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>(
        "toolruntime_archive_sessions", description: "Idle sessions that have moved to the archive, or back.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "toolruntime_archive_failures", description: "Times that the archive could not be used.");

    public static void Moved() => Sessions.Add(1, new KeyValuePair<string, object?>("to", "archive"));

    public static void Returned() => Sessions.Add(1, new KeyValuePair<string, object?>("to", "redis"));

    public static void Failed() => Failures.Add(1);
}
