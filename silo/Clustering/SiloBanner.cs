using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Says where the silo is once it is one of the cluster.</summary>
internal sealed partial class SiloBanner(IOptions<EndpointOptions> endpoints, IOptions<ClusterOptions> cluster, IHostApplicationLifetime lifetime, ILogger<SiloBanner> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => LogReady(
            endpoints.Value.SiloListeningEndpoint!.ToString(), endpoints.Value.GatewayListeningEndpoint!.ToString(), cluster.Value.ClusterId));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2, LogLevel.Information, "Silo ready on {Silo}, for gateways on {Gateway}, in the cluster '{Cluster}'")]
    private partial void LogReady(string silo, string gateway, string cluster);
}
