using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Connections;

/// <summary>What all connections share.</summary>
internal sealed record ConnectionServices(
    ConnectionOptions Options,
    SessionFeeds Feeds,
    CommandDispatcher Dispatcher,
    Grants Grants,
    NoticeReaders Notices,
    ConnectionMeasures Measures,
    GatewayPeers Peers,
    TimeProvider Time,
    ILogger<Connection> Logger);

/// <summary>What is measured of connections.</summary>
internal sealed record ConnectionMeasures(ConnectionMetrics Connections, CommandMetrics Commands, DeliveryMetrics Delivery, WireLog Wire);
