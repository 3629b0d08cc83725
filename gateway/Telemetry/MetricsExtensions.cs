using ToolRuntime.Gateway.Security;
using ToolRuntime.Metrics;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>The gateway's metrics: what every process measures, and what is its own.</summary>
internal static class MetricsExtensions
{
    public static IServiceCollection AddGatewayMetrics(this IServiceCollection services) =>
        services.AddMetricsExport().AddMetricHistory().AddSingleton<GatewayMeter>();

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapMetricsExport().RequireScope(Scope.MetricsRead);
}
