using System.Diagnostics.Metrics;
using System.Globalization;
using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Connections;

/// <summary>What is measured of WebSockets.</summary>
internal sealed class ConnectionMetrics
{
    private readonly Counter<long> closed;

    public ConnectionMetrics(GatewayMeter gateway, ConnectionRegistry registry)
    {
        gateway.Meter.CreateObservableUpDownCounter(
            "toolruntime_connections", () => registry.Count, description: "WebSockets that are open.");
        closed = gateway.Meter.CreateCounter<long>(
            "toolruntime_connections_closed", description: "WebSockets that have ended, by our close code, or lost.");
    }

    public void Closed(CloseRequest? close) =>
        closed.Add(1, new KeyValuePair<string, object?>(
            "code", close is null ? "lost" : ((int)close.Code).ToString(CultureInfo.InvariantCulture)));
}
