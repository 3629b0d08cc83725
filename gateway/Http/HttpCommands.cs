using System.Diagnostics;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Has a request's command carried out: measured, and as part of the caller's trace.</summary>
internal sealed class HttpCommands(SessionCalls calls, GatewayDrain drain, CommandMetrics metrics)
{
    /// <param name="context">The request.</param>
    /// <param name="session">The session.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="traceparent">What the command itself names; else the request's header counts.</param>
    public async Task<SessionReply<JsonText>> ExecuteAsync(HttpContext context, string session, string id, SessionCommand command, string? traceparent = null)
    {
        var began = metrics.Begin();
        var reply = drain.Refuse() is { } stopping
            ? new(default, stopping)
            : await calls.ExecuteAsync(Identity.Of(context), session, id, command, traceparent ?? TraceOf(context), context.RequestAborted);
        metrics.End(began, CommandParser.NameOf(command), "http", reply.Error?.Code);
        return reply;
    }

    /// <summary>The request's own activity where somebody records it, else what the header says.</summary>
    private static string? TraceOf(HttpContext context) =>
        Activity.Current is { } request && request.Source.HasListeners() ? request.Id : context.Request.Headers.TraceParent.FirstOrDefault();
}
