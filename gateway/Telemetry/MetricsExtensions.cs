using Microsoft.Extensions.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>What is measured, and <c>GET /metrics</c>, which gives it as Prometheus' text. It is collected when somebody asks.</summary>
internal static class MetricsExtensions
{
    /// <summary>
    /// An instrument has at most this many series; what comes with further labels is summed in one with <c>otel_metric_overflow="true"</c>.
    /// </summary>
    public const int MaxSeries = 200;

    public static IServiceCollection AddGatewayMetrics(this IServiceCollection services)
    {
        // Enabled in the host, not added to the provider: a host exports its own meters, not those of another one in the process.
        services.AddMetrics(metrics => metrics
            .EnableMetrics("ToolRuntime")
            .EnableMetrics("System.Runtime")
            .EnableMetrics("Microsoft.AspNetCore.Hosting"));
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = MaxSeries })
            .AddPrometheusExporter(exporter =>
            {
                // Names and labels are what they were when the instruments were made: nothing is added.
                (exporter.ScopeInfoEnabled, exporter.TargetInfoEnabled) = (false, false);
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
        return services.AddSingleton<GatewayMeter>();
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app
        .MapPrometheusScrapingEndpoint("/metrics", meterProvider: null, branch => branch.Use(KeepNowhere), optionsName: null)
        .WithMetadata(new HttpMethodMetadata(ApiRoutes.ReadMethods))
        .RequireScope(Scope.MetricsRead);

    private static RequestDelegate KeepNowhere(RequestDelegate next) => context =>
    {
        context.Response.Headers.CacheControl = "no-store";
        return next(context);
    };
}
