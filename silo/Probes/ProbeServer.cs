using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Silo.Probes;

/// <summary>
/// A silo's own small server, for probes and metrics. It is the first to start and the last to stop, so that it tells of the rest: a web
/// application in the silo's own host would have stopped before the silo drains.
/// </summary>
internal sealed partial class ProbeServer(string urls, SiloReadiness readiness, MeterProvider meters, ILogger<ProbeServer> logger)
    : IHostedService, IAsyncDisposable
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    private WebApplication? app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(urls).ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, NoLifetime>();
        app = builder.Build();
        Map(app, readiness, meters);
        await app.StartAsync(cancellationToken);
        LogListening(string.Join(", ", app.Urls));
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>All that it serves.</summary>
    internal static void Map(IEndpointRouteBuilder app, SiloReadiness? readiness, MeterProvider? meters)
    {
        app.MapMethods(Readiness.LivePath, ReadMethods, Readiness.LiveAsync);
        app.MapMethods(Readiness.ReadyPath, ReadMethods, context => readiness!.ReadyAsync(context));
        app.MapMetricsExport(meters);
    }

    [LoggerMessage(3, LogLevel.Information, "Probes and metrics on {Addresses}")]
    private partial void LogListening(string addresses);

    /// <summary>Signals are the silo's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
