using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Recovery;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Recovery;

public sealed class StoreIsolationTests
{
    [Fact]
    public async Task Silo_CutOffFromTheStoreAlone_EndsItsToolsAndStops()
    {
        await using var cluster = await SessionCluster.StartAsync(silos: 3);
        for (var i = 0; i < 12; i++)
        {
            var watch = await cluster.WatchAsync($"s{i}");
            await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]), session: $"s{i}");
            await watch.NextAsync<ToolStarted>();
        }

        var cut = cluster.Services(cluster.Silos[^1]);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = cut.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        cluster.Store.Cut(cluster.Silos[^1]);

        await stopping.Task.WaitAsync(Waits.Long);
        Assert.True(cut.GetRequiredService<SiloFate>().StartAgain);
        Assert.True(cut.GetRequiredService<RunnerLease>().Over.IsCancellationRequested);
        Assert.All(cluster.Silos[..^1], silo => Assert.False(cluster.Services(silo).GetRequiredService<SiloFate>().StartAgain));
    }
}
