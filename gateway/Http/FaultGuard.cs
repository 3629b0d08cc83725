using Microsoft.AspNetCore.Connections;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// Turns what nobody expected into an answer without details; they are in the log. A request that is no proper HTTP is the client's mistake, and a client
/// that leaves in its middle is nobody's.
/// </summary>
internal sealed partial class FaultGuard(ILogger<FaultGuard> logger) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException mistake) when (!context.Response.HasStarted)
        {
            await HttpErrors.WriteAsync(context, ErrorMapper.ToRejection(mistake), mistake.StatusCode);
        }
        catch (ConnectionResetException)
        {
            // it left while its body was read
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            using var scope = ScopeOf(context);
            LogFailed(context.Request.Method, SharePath.ForLog(context.Request.Path), exception);
            if (context.Response.HasStarted) throw;
            await HttpErrors.WriteAsync(context, ErrorMapper.ToRejection(exception));
        }
    }

    private IDisposable? ScopeOf(HttpContext context) =>
        context.Features.Get<Credential>() is { Identity: var identity } ? LogScope.Begin(logger, identity.Key(context.GetRouteValue("session") as string ?? "")) : null;

    [LoggerMessage(4002, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception exception);
}
