using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Limiting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Live;

/// <summary>WebSockets that show an execution live, in ALiS, as asciinema's player asks for it: with a key, or by a link.</summary>
internal sealed class LiveEndpoint(
    LiveViews views, SessionOpener opener, Grants grants, SharedLinks links, ShareRedaction redaction, LiveServices services) : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(25), Patience = TimeSpan.FromSeconds(5);
    private static readonly Rejection Busy = new(ErrorCode.RateLimited, "There are as many viewers as there may be.", Retryable: true, RetryAfterMs: 1_000);

    private readonly SemaphoreSlim places = new(views.Options.AtOnce);

    /// <summary><c>GET /v1/sessions/{session}/executions/{execution}/live</c>.</summary>
    public async Task WatchAsync(HttpContext context, string session, string execution)
    {
        var refusal = context.Features.Get<HandshakeRefusal>() is null ? await WhyNotAsync(context, session, execution) : new(ErrorCode.Unauthenticated, "Credentials are needed.");
        if (refusal is not null || !context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        var (grant, full) = await grants.TakeAsync(Credential.Of(context));
        using var granted = grant;
        if (grant is null) await RefuseAsync(context, full);
        else await RunAsync(context, grant.Identity.Key(session), execution, null, grant);
    }

    /// <summary><c>GET /v1/shared/{token}/live</c>.</summary>
    public async Task WatchSharedAsync(HttpContext context, string token)
    {
        var found = await links.FindAsync(token, context.RequestAborted);
        var execution = found.Value?.Share.Execution ?? context.Request.Query["execution"].FirstOrDefault();
        var refusal = found.Error ?? WhyNot(found.Value!, execution);
        if (refusal is not null || !context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        var shared = found.Value!;
        var viewers = $"share/{shared.Share.Hash}/viewers";
        if (await services.TakeViewerAsync(viewers) is { } full)
        {
            await RefuseAsync(context, full);
            return;
        }

        try
        {
            await RunAsync(context, shared.Key, execution!, shared, null);
        }
        finally
        {
            services.GiveBack(viewers);
        }
    }

    public void Dispose() => places.Dispose();

    private static Rejection? WhyNot(SharedSession shared, string? execution)
    {
        if (shared.Share.To is not null) return new(ErrorCode.Conflict, "This link shows no more than was there when it was made.");
        return EntityId.IsValid(execution) ? null : new(ErrorCode.InvalidCommand, "execution is no id of an execution.");
    }

    private async Task<Rejection?> WhyNotAsync(HttpContext context, string session, string execution)
    {
        if (Scopes.Refuse(Identity.Of(context), Scope.SessionsRead) is { } lacking) return lacking;
        if ((await opener.FindAsync(Identity.Of(context), session, context.RequestAborted)).Error is { } refusal) return refusal;
        return EntityId.IsValid(execution) ? null : new(ErrorCode.NotFound, "There is no such execution.");
    }

    /// <summary>By status where no WebSocket is asked for or no protocol of ours is offered; else by the close code, since players can't see the status of a handshake.</summary>
    private static async Task RefuseAsync(HttpContext context, Rejection? refusal)
    {
        var (code, reason) = LiveViewer.Closing(refusal ?? new(ErrorCode.Internal, ""));
        if (refusal is not null && IsHandshake(context))
        {
            using var socket = await AcceptAsync(context);
            await CloseAsync(socket, code, reason);
            using var ended = new CancellationTokenSource();
            using var deaf = new CancellationTokenSource(Patience);
            await ListenAsync(socket, ended, deaf.Token);
        }
        else if (refusal is not null) await HttpErrors.WriteAsync(context, refusal);
        else await HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, "This is a WebSocket endpoint."), StatusCodes.Status426UpgradeRequired);
    }

    private static bool IsHandshake(HttpContext context) => context.WebSockets.IsWebSocketRequest && context.WebSockets.WebSocketRequestedProtocols.Contains(Alis.Protocol);

    private static Task<WebSocket> AcceptAsync(HttpContext context)
    {
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        Activity.Current = null;
        return context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = Alis.Protocol, KeepAliveInterval = KeepAlive, KeepAliveTimeout = KeepAlive });
    }

    private async Task RunAsync(HttpContext context, SessionKey session, string execution, SharedSession? shared, Grant? grant)
    {
        if (!IsHandshake(context))
        {
            await HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, $"The subprotocol {Alis.Protocol} must be offered."), StatusCodes.Status400BadRequest);
            return;
        }

        if (!places.Wait(0, CancellationToken.None))
        {
            await RefuseAsync(context, Busy);
            return;
        }

        try
        {
            using var socket = await AcceptAsync(context);
            await ShowAsync(socket, session, execution, shared, grant, context.RequestAborted);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task ShowAsync(WebSocket socket, SessionKey session, string execution, SharedSession? shared, Grant? grant, CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, services.Drain.Leaving);
        var close = (LiveClose.GoingAway, "The server stops");
        grant?.Begin((code, reason) =>
        {
            close = (code == CloseCode.GoingAway ? LiveClose.GoingAway : LiveClose.Unauthenticated, reason);
            _ = ended.CancelAsync();
        });
        Func<IRecordingWriter, IRecordingWriter>? through = shared is null ? null : writer => new SharedEvents(shared.Share with { From = null }, redaction, writer);
        var viewer = new LiveViewer(
            views, session, execution, through, stop => shared is null ? Task.FromResult(true) : links.HoldsAsync(shared, stop),
            (message, stop) => socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, stop));
        // A receive that is cancelled ends the socket, and with it the word why: it goes on until the other side has closed, or has had its time.
        using var deaf = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var listening = ListenAsync(socket, ended, deaf.Token);
        try
        {
            close = await viewer.RunAsync(ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // it left, the key ended, or the server stops
        }
        catch (WebSocketException)
        {
            // it is gone
        }

        await CloseAsync(socket, close.Item1, close.Item2);
        deaf.CancelAfter(Patience);
        await listening;
    }

    /// <summary>Viewers say nothing; what they send all the same is thrown away.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ended, CancellationToken deaf)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer, deaf)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // it is gone
        }

        await ended.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket, LiveClose code, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // it left by itself
        }
    }
}

/// <summary>What live views share with everything else of the gateway.</summary>
internal sealed class LiveServices(IUseLimits uses, IOptions<ShareOptions> options, GatewayDrain drain)
{
    public GatewayDrain Drain => drain;

    /// <summary>Counts a viewer of a link; a refusal if there are too many.</summary>
    public async ValueTask<Rejection?> TakeViewerAsync(string name)
    {
        try
        {
            return await uses.AddAsync(name, 1, options.Value.Viewers) == 1
                ? null
                : new(ErrorCode.RateLimited, "The link has as many viewers as it may.", Retryable: true, RetryAfterMs: 1_000);
        }
        catch (SessionLogUnavailableException unavailable)
        {
            return unavailable.ToRejection();
        }
    }

    public void GiveBack(string name) => uses.Remove(name, 1);
}
