using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Silo.Probes;

/// <summary>Probes and metrics of a silo that is a program of its own.</summary>
internal static class ProbesExtensions
{
    /// <summary>Serves them where <c>--urls</c> says; without it nothing listens.</summary>
    public static void AddProbes(this IHostApplicationBuilder host)
    {
        if (host.Configuration["urls"] is not { Length: > 0 } urls) return;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) Check(url);
        FreeAddresses.Check(urls);
        host.Services.AddMetricsExport();
        host.Services.AddSingleton<Readiness>().AddSingleton<SiloReadiness>();
        host.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => new ProbeServer(
            urls,
            services.GetRequiredService<SiloReadiness>(),
            services.GetRequiredService<MeterProvider>(),
            services.GetRequiredService<ILogger<ProbeServer>>())));
    }

    private static void Check(string url)
    {
        try
        {
            if (BindingAddress.Parse(url).Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) return;
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new StartupRefusedException($"'{url}' is no address for probes and metrics; --urls takes such as http://localhost:8090.");
    }
}
