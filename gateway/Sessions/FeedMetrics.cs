using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>What is measured of the sessions that clients follow.</summary>
internal sealed class FeedMetrics
{
    public FeedMetrics(GatewayMeter gateway, SessionFeeds feeds)
    {
        var meter = gateway.Meter;
        meter.CreateObservableUpDownCounter(
            "toolruntime_open_sessions", () => feeds.Standing.Count(), description: "Sessions that some client of this gateway follows.");
        meter.CreateObservableUpDownCounter("toolruntime_session_readers", () => feeds.Standing.Sum(feed => feed.Readers.Length), description: "The same, counted once for each client.");
        meter.CreateObservableUpDownCounter("toolruntime_lagging_readers", () => feeds.Standing.Sum(feed => feed.CountLagging()), description: "Readers so far behind that they read the log.");
        meter.CreateObservableUpDownCounter("toolruntime_ring_events", () => feeds.Standing.Sum(feed => (long)feed.Held.Events), description: "Events in memory for live delivery.");
        meter.CreateObservableUpDownCounter(
            "toolruntime_ring_bytes", () => feeds.Standing.Sum(feed => feed.Held.Bytes), "By", "Bytes of those events.");
    }
}
