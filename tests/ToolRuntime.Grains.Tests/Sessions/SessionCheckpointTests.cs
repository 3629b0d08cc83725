using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Tools that run in our process stop at their checkpoints while their batch is paused.</summary>
public sealed class SessionCheckpointTests
{
    [Fact]
    public async Task Pause_ToolInProcess_HeldAtItsCheckpointWithItsTimeoutFrozen()
    {
        var clock = new FakeTimeProvider();
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var tool = cluster.Tools.OfType<FakeTools.Stages>().Single();
        var watch = await cluster.WatchAsync();
        var batch = (await cluster.DoAsync(new RunTools([new("stages", JsonText.EmptyObject)]))).GetProperty("batchId").GetString()!;
        await watch.NextAsync<ToolOutput>(e => e.Text == "one");

        await cluster.DoAsync(new PauseBatch(batch));
        await watch.NextAsync<ToolSuspended>();
        await tool.Held.Task.WaitAsync(Waits.Long);
        tool.MayGoOn.SetResult();
        await tool.AtCheckpoint.Task.WaitAsync(Waits.Long);
        clock.Advance(TimeSpan.FromSeconds(30));
        await cluster.DoAsync(new ConfigureSession(new("""{"a":1}""")));
        Assert.DoesNotContain(await watch.UntilAsync(e => e is SessionConfigured), e => e is ToolOutput or ToolTimedOut or ToolRetried);

        await cluster.DoAsync(new ResumeBatch(batch));
        var rest = await watch.UntilAsync(e => e is BatchCompleted);
        Assert.Contains(rest, e => e is ToolOutput { Text: "two" });
    }
}
