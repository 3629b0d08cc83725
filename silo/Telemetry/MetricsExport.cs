using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace ToolRuntime.Silo.Telemetry;

/// <summary>What a process measures, and <c>GET /metrics</c>, which gives it as Prometheus' text, collected when somebody asks.</summary>
internal static class MetricsExport
{
    /// <summary>Where it is.</summary>
    public const string Path = "/metrics";

    /// <summary>
    /// An instrument has at most this many series; what comes with further labels is summed in one with <c>otel_metric_overflow="true"</c>.
    /// </summary>
    public const int MaxSeries = 200;

    public static IServiceCollection AddMetricsExport(this IServiceCollection services)
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
        return services;
    }

    /// <param name="app">Where.</param>
    /// <param name="meters">Whose figures; null: those of the host that serves.</param>
    public static IEndpointConventionBuilder MapMetricsExport(this IEndpointRouteBuilder app, MeterProvider? meters = null) => app
        .MapPrometheusScrapingEndpoint(Path, meters, branch => branch.Use(KeepNowhere), optionsName: null)
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));

    private static RequestDelegate KeepNowhere(RequestDelegate next) => context =>
    {
        context.Response.Headers.CacheControl = "no-store";
        return next(context);
    };
}
