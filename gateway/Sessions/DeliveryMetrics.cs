using System.Diagnostics.Metrics;
using System.Text.Json;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>What is sent to clients.</summary>
internal sealed class DeliveryMetrics(GatewayMeter gateway)
{
    private static readonly KeyValuePair<string, object?> WebSocket = new("transport", "websocket");
    private static readonly KeyValuePair<string, object?> EventStream = new("transport", "sse");

    private readonly Counter<long> events = gateway.Meter.CreateCounter<long>(
        "toolruntime_events_sent", description: "Events sent to clients, counted for each client.");
    private readonly Counter<long> bytes = gateway.Meter.CreateCounter<long>(
        "toolruntime_sent", "By", "Bytes sent to WebSockets and event streams, before the transport's framing.");

    private readonly Histogram<double> duration = gateway.Meter.CreateHistogram(
        "toolruntime_delivery_duration", "s", "Time from a live event's happening to its being written to a client, of the newest in each frame, by the clocks of the silo and the gateway.",
        advice: HistogramBuckets.Seconds);

    /// <summary>An event was written to a client as it happened.</summary>
    public void Delivered(ReadOnlySpan<byte> @event, DateTimeOffset now, bool bySocket)
    {
        if (!duration.Enabled || !TryReadTime(@event, out var at)) return;
        duration.Record(Math.Max(0, (now - at).TotalSeconds), bySocket ? WebSocket : EventStream);
    }

    public void BySocket(int eventCount, long byteCount) => Sent(eventCount, byteCount, WebSocket);

    public void ByStream(int eventCount, long byteCount) => Sent(eventCount, byteCount, EventStream);

    private static bool TryReadTime(ReadOnlySpan<byte> @event, out DateTimeOffset at)
    {
        var reader = new Utf8JsonReader(@event);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("at"u8);
            reader.Read();
            if (found) return reader.TryGetDateTimeOffset(out at);
            reader.Skip();
        }

        at = default;
        return false;
    }

    private void Sent(int eventCount, long byteCount, KeyValuePair<string, object?> transport)
    {
        if (eventCount > 0) events.Add(eventCount, transport);
        bytes.Add(byteCount, transport);
    }
}
