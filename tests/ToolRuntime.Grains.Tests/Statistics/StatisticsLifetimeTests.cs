using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.Statistics;

namespace ToolRuntime.Grains.Tests.Statistics;

public sealed class StatisticsLifetimeTests
{
    /// <summary>Closed before the other silos know that this one leaves, a call that comes due would begin nowhere.</summary>
    [Fact]
    public async Task Stop_InACluster_WaitsForTheWorkAndDoesNotCloseIt()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var work = new SiloWork(TimeProvider.System, NullLogger<SiloWork>.Instance);
        var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
        new StatisticsLifetime(cluster.Recorder, work, Options.Create(new RunnerOptions { EndWithSilo = true })).Participate(lifecycle);
        await lifecycle.OnStart();

        var stopped = lifecycle.OnStop();

        Assert.False(stopped.IsCompleted);
        Assert.False(work.IsClosed);
        await work.DrainAsync(TimeSpan.Zero, CancellationToken.None);
        await stopped;
    }
}
