using Microsoft.Net.Http.Headers;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// Lets pages of allowed origins read answers under <c>/v1</c> (CORS): those of another gateway of the cluster, which go on here when that is gone,
/// and listed ones. Always by their name, never by <c>*</c>, since they come with the cookie.
/// </summary>
internal sealed class CrossOrigin(OriginPolicy origins) : IMiddleware
{
    private const string Methods = "GET, HEAD, POST, PUT, DELETE";
    private const string RequestHeaders = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, traceparent";
    private const string PreflightSeconds = "600";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        if (!request.Path.StartsWithSegments("/v1") || context.WebSockets.IsWebSocketRequest) return next(context);
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (!origins.AllowsOther(request)) return next(context);
        headers.AccessControlAllowOrigin = request.Headers.Origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "Allow, ETag, Retry-After";
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0) return next(context);
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = PreflightSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
