using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;

namespace ToolRuntime.Statistics;

/// <summary>
/// Reports the last counts while grains can still be reached: in one process when its runners have stopped, and so before any service does; in a cluster
/// in the silo's own time for what runs.
/// </summary>
internal sealed class StatisticsLifetime(StatisticsRecorder recorder, SiloWork work, IOptions<RunnerOptions> options) : IHostedLifecycleService, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(StatisticsLifetime), ServiceLifecycleStage.BecomeActive, static _ => Task.CompletedTask, FlushWithWorkAsync);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => options.Value.EndWithSilo ? Task.CompletedTask : recorder.FlushAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Closes nothing itself: what may not begin here before the cluster knows that this silo leaves would begin nowhere.</summary>
    private async Task FlushWithWorkAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.EndWithSilo) return;
        await work.Drained.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await recorder.FlushAsync();
    }
}
