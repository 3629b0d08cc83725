namespace ToolRuntime.Gateway.Metrics;

/// <summary><c>GET /metrics</c>: Prometheus' text format.</summary>
internal sealed class MetricEndpoint(MetricCollection metrics)
{
    public Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    }
}
