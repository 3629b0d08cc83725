using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>
/// How the gateway stops. As soon as the host does, it takes no more commands and connections; those there are go on to show what happens.
/// When the silo's work has ended, or its time is over, it sends them away, so that the server has none left to wait for.
/// </summary>
internal sealed class GatewayDrain(ConnectionRegistry connections, IHostApplicationLifetime lifetime) : IHostedLifecycleService, IDisposable
{
    private const int SoonestMs = 1_000;
    private const int LatestMs = 3_000;

    private readonly CancellationTokenSource leaving = new();

    /// <summary>Whether the gateway stops, and takes no more work.</summary>
    public bool IsDraining => connections.Draining;

    /// <summary>Cancelled when everybody is sent away.</summary>
    public CancellationToken Leaving => leaving.Token;

    /// <summary>Why a command is not taken; null while they are.</summary>
    public Rejection? Refuse()
    {
        if (!IsDraining) return null;
        var wait = Random.Shared.Next(SoonestMs, LatestMs);
        const string Message = "The server stops and takes no more commands.";
        return new(ErrorCode.Unavailable, Message, Retryable: true, RetryAfterMs: wait, ReconnectAfterMs: wait);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(connections.BeginDrain);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes last of all who do something here: services are told in the opposite order of their registration.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        connections.Drain();
        return leaving.CancelAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => leaving.Dispose();
}
