using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Recovery;

/// <summary>
/// Notices that this silo does not reach the store while others do. Then it is this silo that is cut off: its runners end at once, before the others start theirs,
/// and its host stops. Where nobody reaches the store nobody leaves, for that would make nothing better.
/// </summary>
internal sealed partial class IsolationWatch(
    IStoreProbe probe, OthersReachStore othersReach, SiloFate fate, RunnerEnding ending, TimeProvider time, ILogger<IsolationWatch> logger)
    : BackgroundService
{
    /// <summary>How long the store may take to answer.</summary>
    public static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>So often in turn others reach it and this one does not: answers may get lost, and when a store comes back some reach it sooner than others.</summary>
    private const int Misses = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            var missed = 0;
            do missed = await probe.ReachesWithinAsync(ProbeWithin, time, stoppingToken) || !await othersReach(stoppingToken) ? 0 : missed + 1;
            while (missed < Misses && await timer.WaitForNextTickAsync(stoppingToken));
            await LeaveAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LeaveAsync()
    {
        LogIsolated(logger);
        fate.StartAgain = true;
        await ending.EndAsync();
    }

    [LoggerMessage(1331, LogLevel.Error, "This silo does not reach the store, others do: it ends its tools, stops, and starts anew.")]
    private static partial void LogIsolated(ILogger logger);
}

/// <summary>Ends what a silo has running that has lost its place in the cluster, then the silo.</summary>
internal sealed class RunnerEnding(RunnerHost runners, RunnerLease lease, IHostApplicationLifetime host)
{
    public async Task EndAsync()
    {
        lease.GiveUp();
        await runners.StopAsync(report: false);
        host.StopApplication();
    }
}
