using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Tracing;

namespace ToolRuntime.Silo.Telemetry;

/// <summary>
/// Sends metrics, traces and logs to an OTLP receiver where one is configured. Else nothing listens to activities, and nothing exports by itself.
/// </summary>
internal static class OtlpExtensions
{
    private const string Variable = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Probes = [Readiness.LivePath, Readiness.ReadyPath, MetricsExport.Path];

    /// <summary>Addresses below these are links to replays, which are secrets.</summary>
    private static readonly PathString[] Links = ["/v1/shared", "/shared"];

    /// <param name="host">What is to be seen there.</param>
    /// <param name="service">Its name there; <c>OTEL_SERVICE_NAME</c> goes before it.</param>
    public static void AddOtlpExport(this IHostApplicationBuilder host, string service = "toolruntime")
    {
        var options = host.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new();
        if (options.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
        {
            var mistake = $"{TelemetryOptions.Section}:Endpoint must be an http or https address, not {endpoint}.";
            throw new OptionsValidationException(TelemetryOptions.Section, typeof(TelemetryOptions), [mistake]);
        }

        var all = options.Endpoint is not null || IsSet("ENDPOINT");
        var (metrics, traces, logs) = (all || IsSet("METRICS_ENDPOINT"), all || IsSet("TRACES_ENDPOINT"), all || IsSet("LOGS_ENDPOINT"));
        if (!metrics && !traces && !logs) return;

        var telemetry = host.Services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource.AddService(service).AddEnvironmentVariableDetector());
        if (metrics) AddMetrics(telemetry, options);
        if (traces) AddTraces(telemetry, options, host.Configuration);
        if (logs) AddLogs(telemetry, options);

        bool IsSet(string name) => !string.IsNullOrEmpty(host.Configuration[Variable + name]);
    }

    private static void AddMetrics(OpenTelemetryBuilder telemetry, TelemetryOptions options)
    {
        telemetry.Services.AddMetrics(metrics => metrics.EnableMetrics("Microsoft.Orleans"));
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(exporter => Configure(exporter, options, "v1/metrics")));
    }

    private static void AddTraces(OpenTelemetryBuilder telemetry, TelemetryOptions options, IConfiguration settings) => telemetry.WithTracing(traces =>
    {
        traces
            .AddSource(TraceContext.Source.Name)
            .AddAspNetCoreInstrumentation(requests => requests.Filter = IsTraced)
            .AddHttpClientInstrumentation();
        // Orleans makes its activities only where its own setting says so.
        if (settings.GetValue<bool>("Orleans:EnableDistributedTracing")) traces.AddSource("Microsoft.Orleans.*");
        traces.AddOtlpExporter(exporter => Configure(exporter, options, "v1/traces"));
    });

    /// <summary>The lines that pass the console's filters, with their scopes.</summary>
    private static void AddLogs(OpenTelemetryBuilder telemetry, TelemetryOptions options) => telemetry.WithLogging(
        logs => logs.AddOtlpExporter(exporter => Configure(exporter, options, "v1/logs")),
        lines => (lines.IncludeScopes, lines.IncludeFormattedMessage) = (true, true));

    private static bool IsTraced(HttpContext context) => !Probes.Contains(context.Request.Path.Value, StringComparer.OrdinalIgnoreCase)
        && !Links.Any(link => context.Request.Path.StartsWithSegments(link));

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        if (options.Protocol is { } protocol) exporter.Protocol = protocol;
        if (options.Endpoint is not { } endpoint) return;
        var folder = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/");
        exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.Grpc ? endpoint : new(folder, path);
    }
}
