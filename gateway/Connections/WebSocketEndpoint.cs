using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Connections;

/// <summary><c>GET /v1/ws</c>: the handshake, and the connection for as long as it lasts.</summary>
internal sealed class WebSocketEndpoint(ConnectionServices services, ConnectionRegistry registry)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, "This is a WebSocket endpoint."), StatusCodes.Status426UpgradeRequired);
            return;
        }

        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(ServerFrames.Protocol))
        {
            await HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, $"The subprotocol {ServerFrames.Protocol} must be offered."), StatusCodes.Status400BadRequest);
            return;
        }

        if (registry.Draining)
        {
            await HttpErrors.WriteAsync(context, new(ErrorCode.Unavailable, "The server stops.", Retryable: true, RetryAfterMs: 500));
            return;
        }

        // How long a connection lasts is no request's duration.
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = ServerFrames.Protocol,
            KeepAliveInterval = TimeSpan.FromMilliseconds(services.Options.HeartbeatMs * (1 - (0.2 * Random.Shared.NextDouble()))),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(Math.Max(50, services.Options.SilenceMs - services.Options.HeartbeatMs)),
        });
        if (registry.Full)
        {
            await TurnAwayAsync(socket);
            return;
        }

        using var connection = new Connection(socket, Identity.Of(context), services);
        registry.Add(connection);
        try
        {
            await connection.RunAsync();
        }
        finally
        {
            registry.Remove(connection);
        }
    }

    private async Task TurnAwayAsync(WebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(services.Options.CloseMs), services.Time);
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)CloseCode.TooManyConnections, "too many connections", patience.Token);
            await new ConnectionReader(socket, services.Options).DrainAsync(patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // it left by itself
        }
    }
}
