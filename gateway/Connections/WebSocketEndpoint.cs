using System.Diagnostics;
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
        if (!context.WebSockets.IsWebSocketRequest && !HttpMethods.IsGet(context.Request.Method))
        {
            await OtherMethods.RefuseAsync(context, HttpMethods.Get);
            return;
        }

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

        var refused = WhyNot(context);
        var (grant, refusal) = refused is null ? await services.Grants.TakeAsync(Credential.Of(context)) : default;
        using var granted = grant;
        if (refusal is { Code: ErrorCode.Unavailable })
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        // How long a connection lasts is no request's duration, and its commands are no part of the handshake's trace.
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        Activity.Current = null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = ServerFrames.Protocol,
            KeepAliveInterval = TimeSpan.FromMilliseconds(services.Options.HeartbeatMs * (1 - (0.2 * Random.Shared.NextDouble()))),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(Math.Max(50, services.Options.SilenceMs - services.Options.HeartbeatMs)),
        });
        if (grant is null)
        {
            var (code, reason) = refused ?? (CloseCode.TooManyConnections, "too many connections of this key");
            await TurnAwayAsync(socket, code, reason);
            return;
        }

        using var connection = new Connection(socket, grant, services);
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

    /// <summary>Nobody without credentials holds a connection: what can't be let in is closed at once.</summary>
    private (CloseCode Code, string Reason)? WhyNot(HttpContext context)
    {
        if (context.Features.Get<HandshakeRefusal>() is { Code: var refused }) return (refused, refused == CloseCode.TokenExpired ? "the token has expired" : "credentials are needed");
        if (registry.Full) return (CloseCode.TooManyConnections, "too many connections");
        return (Identity.Of(context).Scopes & (Scopes.Default | Scope.SessionsAll)) == Scope.None ? (CloseCode.Forbidden, "the key has no scope for sessions") : null;
    }

    private async Task TurnAwayAsync(WebSocket socket, CloseCode code, string reason)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(services.Options.CloseMs), services.Time);
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, patience.Token);
            await new ConnectionReader(socket, services.Options).DrainAsync(patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // it left by itself
        }
    }
}
