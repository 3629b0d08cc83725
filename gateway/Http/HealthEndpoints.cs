using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /readyz</c>: the store and a silo answer, and the server does not stop.</summary>
internal sealed class HealthEndpoints(Readiness readiness, IClusterClient cluster, GatewayDrain drain)
{
    public Task ReadyAsync(HttpContext context) => readiness.ReadyAsync(context, drain.IsDraining, AskAsync);

    private async Task<string?> AskAsync()
    {
        await cluster.GetGrain<IToolCatalogGrain>("tools").ListAsync();
        return null;
    }
}
