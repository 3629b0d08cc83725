using System.Net;
using ToolRuntime.Gateway.Http;

namespace ToolRuntime.Gateway.Security;

/// <summary>The first thing a request meets: host, origin, where credentials are, and who it is.</summary>
internal sealed class AccessGuard(Authenticator authenticator, OriginPolicy origins) : IMiddleware
{
    private static readonly string[] TokenNames = ["token", "access_token", "bearer", "authorization", "api_key", "apikey", "key"];

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Refuse(context) is var (rejection, status)) return HttpErrors.WriteAsync(context, rejection, status);
        if (authenticator.Authenticate(context) is not { } identity) return HttpErrors.WriteAsync(context, new(ErrorCode.Unauthenticated, "Credentials are needed."));
        context.Features.Set(identity);
        return next(context);
    }

    private (Rejection Rejection, int Status)? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (authenticator.Keyless && !IsLocal(context)) return (new(ErrorCode.Forbidden, "Without keys the server answers this machine only, as localhost."), StatusCodes.Status403Forbidden);
        if (TokenNames.Any(request.Query.ContainsKey)) return (new(ErrorCode.Unauthenticated, "Credentials do not belong into the address."), StatusCodes.Status400BadRequest);
        var reads = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !context.WebSockets.IsWebSocketRequest;
        return reads || origins.Allows(request) ? null : (new(ErrorCode.Forbidden, "The page's origin is not allowed."), StatusCodes.Status403Forbidden);
    }

    /// <summary>The host is checked too: a name that an attacker's DNS points here must not open the server to their page.</summary>
    private static bool IsLocal(HttpContext context) =>
        context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1" && (context.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote));
}
