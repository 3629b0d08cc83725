using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Silo.Hosting;

/// <summary>Liveness and readiness, as gateways and silos tell them to whoever starts, balances and stops them.</summary>
internal sealed partial class Readiness(ISessionLog log, StoreHealth health, TimeProvider time, ILogger<Readiness> logger)
{
    /// <summary>Where liveness is told.</summary>
    public const string LivePath = "/healthz";

    /// <summary>Where readiness is told.</summary>
    public const string ReadyPath = "/readyz";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The process answers.</summary>
    public static Task LiveAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context, static writer => writer.WriteString("status", "ok"));

    /// <summary>The store and a silo answer, and the process does not stop.</summary>
    /// <param name="context">Who asks.</param>
    /// <param name="stopping">Whether the process stops.</param>
    /// <param name="askSilo">Gives why there is no silo, null where there is one; may throw and may take long, which says the same.</param>
    public async Task ReadyAsync(HttpContext context, bool stopping, Func<Task<string?>> askSilo)
    {
        var store = AskAsync(async () =>
        {
            await log.GetHeaderAsync(new("readyz", "readyz"), context.RequestAborted);
            return null;
        });
        var silo = AskAsync(askSilo);
        // Asked first, for it may find out that the store fails.
        var storeAnswers = (await store).Answers && health.IsHealthy;
        var (siloAnswers, siloReason) = await silo;
        var status = stopping ? "stopping" : storeAnswers && siloAnswers ? "ready" : "unavailable";
        context.Response.StatusCode = status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteString("status", status);
            writer.WriteBoolean("store", storeAnswers);
            writer.WriteBoolean("silo", siloAnswers);
            if (health.IsHealthy && siloReason is null) return;
            writer.WriteStartObject("reasons");
            foreach (var (name, reason) in health.Stores)
            {
                if (reason is not null) writer.WriteString(name, reason);
            }

            if (siloReason is not null) writer.WriteString("silo", siloReason);
            writer.WriteEndObject();
        });
    }

    private async Task<(bool Answers, string? Reason)> AskAsync(Func<Task<string?>> ask)
    {
        try
        {
            var reason = await ask().WaitAsync(Patience, time);
            return (reason is null, reason);
        }
        catch (Exception exception)
        {
            LogNotReady(exception);
            return (false, null);
        }
    }

    [LoggerMessage(4001, LogLevel.Debug, "Not ready")]
    private partial void LogNotReady(Exception exception);
}
