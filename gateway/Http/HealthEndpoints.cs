using ToolRuntime.SessionLog;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Http;

/// <summary>Liveness and readiness.</summary>
internal sealed class HealthEndpoints(ISessionLog log, IClusterClient cluster, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary><c>GET /healthz</c>: the process answers.</summary>
    public static Task LiveAsync(HttpContext context) => HttpJson.WriteAsync(context, writer => writer.WriteString("status", "ok"));

    /// <summary><c>GET /readyz</c>: the store and a silo answer.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var store = AnswersAsync(log.GetHeaderAsync(new("readyz", "readyz"), context.RequestAborted));
        var silo = AnswersAsync(cluster.GetGrain<IToolCatalogGrain>("tools").ListAsync());
        var (storeAnswers, siloAnswers) = (await store, await silo);
        context.Response.StatusCode = storeAnswers && siloAnswers ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("status", storeAnswers && siloAnswers ? "ready" : "unavailable");
            writer.WriteBoolean("store", storeAnswers);
            writer.WriteBoolean("silo", siloAnswers);
        });
    }

    private async Task<bool> AnswersAsync(Task task)
    {
        await task.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompletedSuccessfully;
    }
}
