using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.Recovery;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Has the process begin anew where its host stops because the silo is cut off from the store.</summary>
internal sealed partial class CutOff(SiloFate fate, IHostApplicationLifetime lifetime, ILogger<CutOff> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(NextIncarnation.Came);
        lifetime.ApplicationStopping.Register(() =>
        {
            if (!fate.StartAgain) return;
            NextIncarnation.Begin();
            LogStays();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1603, LogLevel.Error, "The process can't begin anew; it ends.")]
    private partial void LogStays();
}
