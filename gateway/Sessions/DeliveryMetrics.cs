using System.Diagnostics.Metrics;
using ToolRuntime.Gateway.Telemetry;

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

    public void BySocket(int eventCount, long byteCount) => Sent(eventCount, byteCount, WebSocket);

    public void ByStream(int eventCount, long byteCount) => Sent(eventCount, byteCount, EventStream);

    private void Sent(int eventCount, long byteCount, KeyValuePair<string, object?> transport)
    {
        if (eventCount > 0) events.Add(eventCount, transport);
        bytes.Add(byteCount, transport);
    }
}
