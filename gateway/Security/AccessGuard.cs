using System.Net;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Http;

namespace ToolRuntime.Gateway.Security;

/// <summary>The first thing a request meets: host, origin, where credentials are, who it is, what it may, and how often.</summary>
internal sealed class AccessGuard(Authenticator authenticator, OriginPolicy origins) : IMiddleware
{
    private static readonly string[] TokenNames = ["token", "access_token", "bearer", "authorization", "api_key", "apikey", "key"];

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Refuse(context) is var (rejection, status)) return HttpErrors.WriteAsync(context, rejection, status);
        if (IsOpen(context)) return next(context);
        var authentication = authenticator.AuthenticateAsync(context);
        return authentication.IsCompletedSuccessfully ? GoOnAsync(context, next, authentication.Result) : AwaitAsync(context, next, authentication);
    }

    private static async Task AwaitAsync(HttpContext context, RequestDelegate next, ValueTask<Authentication> authentication) => await GoOnAsync(context, next, await authentication);

    private static Task GoOnAsync(HttpContext context, RequestDelegate next, Authentication authentication)
    {
        var handshake = context.WebSockets.IsWebSocketRequest && Of(context).Handshakes;
        if (authentication.ByCookie && !Reads(context) && context.Request.Headers.Origin.Count == 0)
        {
            return HttpErrors.WriteAsync(context, new(ErrorCode.Forbidden, "With the cookie, Origin must be present."));
        }

        if (authentication.Credential is not { } credential)
        {
            return handshake ? RefuseLater(context, next, authentication) : RefuseAsync(context, authentication);
        }

        context.Features.Set(credential);
        if (handshake) return next(context);
        return Scopes.Refuse(credential.Identity, Of(context).Scope) is { } refusal
            ? HttpErrors.WriteAsync(context, refusal)
            : CountAsync(context, next, credential.Identity);
    }

    /// <summary>What is measured is told whatever becomes of the store: it tells of that, too.</summary>
    private static async Task CountAsync(HttpContext context, RequestDelegate next, Identity identity)
    {
        var counts = !Of(context).Scope.HasFlag(Scope.MetricsRead);
        if (counts && await identity.Usage.TakeCommandAsync(identity.Limits) is { } refusal) await HttpErrors.WriteAsync(context, refusal);
        else await next(context);
    }

    private (Rejection Rejection, int Status)? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (authenticator.Keyless && !IsLocal(context))
        {
            return (new(ErrorCode.Forbidden, "Without keys the server answers this machine only, as localhost."), StatusCodes.Status403Forbidden);
        }

        if (TokenNames.Any(request.Query.ContainsKey))
        {
            return (new(ErrorCode.Unauthenticated, "Credentials do not belong into the address."), StatusCodes.Status400BadRequest);
        }

        return Reads(context) || origins.Allows(request) ? null : (
            new(ErrorCode.Forbidden, "The page's origin is not allowed."), StatusCodes.Status403Forbidden);
    }

    private static Task RefuseAsync(HttpContext context, Authentication authentication)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return HttpErrors.WriteAsync(context, authentication.Rejection);
    }

    private static Task RefuseLater(HttpContext context, RequestDelegate next, Authentication authentication)
    {
        context.Features.Set(new HandshakeRefusal(authentication.Refusal));
        return next(context);
    }

    private static bool Reads(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && !context.WebSockets.IsWebSocketRequest;

    private static RouteAccess Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RouteAccess>() ?? RouteAccess.Default;

    /// <summary>Where nothing of ours answers only files of the page can.</summary>
    private static bool IsOpen(HttpContext context) => context.GetEndpoint() is null ? Reads(context) : Of(context).Open;

    /// <summary>The host is checked too: a name that an attacker's DNS points here must not open the server to their page.</summary>
    private static bool IsLocal(HttpContext context) =>
        context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1"
            && (context.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote));
}

/// <summary>Why a WebSocket is closed as soon as it is open.</summary>
internal sealed record HandshakeRefusal(CloseCode Code);
