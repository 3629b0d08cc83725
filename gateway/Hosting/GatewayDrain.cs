using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>Sends the connections away as soon as the host begins to stop, so that the server has none left to wait for.</summary>
internal sealed class GatewayDrain(ConnectionRegistry connections, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(connections.Drain);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
