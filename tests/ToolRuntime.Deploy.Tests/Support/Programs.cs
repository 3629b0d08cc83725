using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting.Kubernetes;
using ToolRuntime.CommandLine;
using ToolRuntime.Gateway.CommandLine;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.Silo;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Probes;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Deploy.Tests.Support;

/// <summary>What the programs themselves say of their settings, addresses and times.</summary>
internal static class Programs
{
    /// <summary>What .NET, and the library that makes a silo a pod, read of the environment.</summary>
    private static readonly string[] NotOurs =
    [
        KubernetesHostingOptions.PodNameEnvironmentVariable, KubernetesHostingOptions.PodNamespaceEnvironmentVariable,
        KubernetesHostingOptions.PodIPEnvironmentVariable,
        "ASPNETCORE_URLS", "DOTNET_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "DOTNET_USE_POLLING_FILE_WATCHER",
        "DOTNET_CLI_TELEMETRY_OPTOUT", "HOME",
    ];

    /// <summary>How long a program may take to stop once it is told to.</summary>
    public static TimeSpan TimeToStop(string program) =>
        program == "silo" ? SiloComposition.TimeToStop(new()) : new Microsoft.Extensions.Hosting.HostOptions().ShutdownTimeout;

    public static RunnerOptions Runners { get; } = new();

    public static KnownSettings Settings(string program) => program == "silo" ? SiloSettings.Known : ToolRuntime.Gateway.CommandLine.Settings.Known;

    /// <summary>The names of an environment that the program does not read.</summary>
    public static IEnumerable<string> Unread(string program, IEnumerable<string> environment) => environment.Where(
        name => !NotOurs.Contains(name) && !Settings(program).Knows(name.Replace("__", ":", StringComparison.Ordinal)));

    /// <summary>The cluster's settings as a program would bind them; throws where a value is none, or a name is unknown.</summary>
    public static ClusterHostOptions Cluster(IReadOnlyDictionary<string, string> environment)
    {
        var settings = environment.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return configuration.GetSection(ClusterHostOptions.Section).Get<ClusterHostOptions>(binder => binder.ErrorOnUnknownConfiguration = true)!;
    }

    /// <summary>Every address that the program answers to a GET.</summary>
    public static async Task<IReadOnlyList<string>> ServedAsync(string program)
    {
        var folder = Directory.CreateTempSubdirectory("toolruntime-deploy-");
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration.AddInMemoryCollection([new("ToolRuntime:Data:Path", folder.FullName)]);
            if (program == "silo")
            {
                builder.Services.AddMetricsExport();
            }
            else
            {
                builder.AddToolRuntimeSilo(builder.Configuration.GetSection(KnownSettings.Root));
                builder.Services.AddGateway();
            }

            await using var app = builder.Build();
            if (program == "silo") ProbeServer.Map(app, null, null);
            else app.MapGateway();
            return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
                .Select(endpoint => endpoint.RoutePattern.RawText!)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
