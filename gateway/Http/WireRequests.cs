using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Http;

/// <summary>Logs requests where the wire is logged: what a signed-in caller sends, and each answer's status. What is sent to sign in is left out.</summary>
internal sealed class WireRequests(WireLog wire) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var identity = context.Features.Get<Credential>()?.Identity;
        if (wire.Tap(context.TraceIdentifier, identity) is not { } tap)
        {
            await next(context);
            return;
        }

        if (identity is not null) context.Features.Set(tap);
        try
        {
            await next(context);
        }
        finally
        {
            if (!context.WebSockets.IsWebSocketRequest) tap.Answered(context);
        }
    }
}
