using ToolRuntime.Gateway.Hosting;
using ToolRuntime.SessionLog;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Http;

/// <summary>Liveness and readiness.</summary>
internal sealed partial class HealthEndpoints(
    ISessionLog log, StoreHealth health, IClusterClient cluster, GatewayDrain drain, TimeProvider time, ILogger<HealthEndpoints> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary><c>GET /healthz</c>: the process answers.</summary>
    public static Task LiveAsync(HttpContext context) => HttpJson.WriteAsync(context, writer => writer.WriteString("status", "ok"));

    /// <summary><c>GET /readyz</c>: the store and a silo answer, and the server does not stop.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var store = AnswersAsync(() => log.GetHeaderAsync(new("readyz", "readyz"), context.RequestAborted));
        var silo = AnswersAsync(() => cluster.GetGrain<IToolCatalogGrain>("tools").ListAsync());
        // Asked first, for it may find out that the store fails.
        var (storeAnswers, siloAnswers) = (await store && health.IsHealthy, await silo);
        var status = drain.IsDraining ? "stopping" : storeAnswers && siloAnswers ? "ready" : "unavailable";
        context.Response.StatusCode = status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("status", status);
            writer.WriteBoolean("store", storeAnswers);
            writer.WriteBoolean("silo", siloAnswers);
            if (health.IsHealthy) return;
            writer.WriteStartObject("reasons");
            foreach (var (name, reason) in health.Stores)
            {
                if (reason is not null) writer.WriteString(name, reason);
            }

            writer.WriteEndObject();
        });
    }

    private async Task<bool> AnswersAsync(Func<Task> ask)
    {
        try
        {
            await ask().WaitAsync(Patience, time);
            return true;
        }
        catch (Exception exception)
        {
            LogNotReady(exception);
            return false;
        }
    }

    [LoggerMessage(4001, LogLevel.Debug, "Not ready")]
    private partial void LogNotReady(Exception exception);
}
