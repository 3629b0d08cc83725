using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

/// <summary>An attempt with processes that is cancelled or timed out, through all grains.</summary>
public sealed class EndingTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Cancel_ProcessesTakeTheirTime_EndsWhenTheyAreGone()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, batch) = await BeginAsync(cluster);

        await cluster.DoAsync(new CancelBatch(batch));
        var before = await watch.UntilAsync(e => e is ToolEnding);
        await cluster.DoAsync(new CancelBatch(batch));
        cluster.Stubborn.MayEnd.SetResult();
        var after = await watch.UntilAsync(e => e is BatchCancelled);

        Assert.DoesNotContain(before, e => e is ToolCancelled);
        Assert.Equal(new ToolError("cancelled", "Cancelled by alice."), Assert.Single(after.OfType<ToolCancelled>()).Error);
        Assert.DoesNotContain(after, e => e is ToolEnding);
    }

    [Fact]
    public async Task Cancel_ProcessesCantBeEnded_EndsAndSaysSo()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, batch) = await BeginAsync(cluster);

        await cluster.DoAsync(new CancelBatch(batch));
        var end = await AdvanceAsync(cluster, watch.NextAsync<ToolCancelled>());
        cluster.Stubborn.MayEnd.SetResult();

        Assert.Equal("Cancelled by alice. Its processes could not be ended.", end.Error.Message);
        await watch.NextAsync<BatchCancelled>();
    }

    [Fact]
    public async Task Timeout_ProcessesTakeTheirTime_EndsWhenTheyAreGone()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (watch, _) = await BeginAsync(cluster);

        var ending = await watch.NextAsync<ToolEnding>();
        cluster.Stubborn.MayEnd.SetResult();
        var end = await watch.NextAsync<ToolTimedOut>();

        Assert.Equal(("attempt_timeout", ending.Error), (end.Error.Code, end.Error));
        await watch.NextAsync<BatchFailed>();
    }

    [Fact]
    public async Task Cancel_SiloStopsMeanwhile_EndsAfterTheRestart()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (watch, batch) = await BeginAsync(cluster);
        await cluster.DoAsync(new CancelBatch(batch));
        await watch.NextAsync<ToolEnding>();

        await cluster.RestartAsync();
        cluster.Stubborn.MayEnd.SetResult();
        await cluster.Session().OpenAsync(SessionCluster.Alice);

        await cluster.UntilAsync(() => Task.FromResult(cluster.Log.Entries(SessionCluster.Key("s1")).Any(e => e.Event.Type == "batch.cancelled")));
        Assert.Single(cluster.Log.Entries(SessionCluster.Key("s1")), e => e.Event.Type == "tool.cancelled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResetOrDelete_ProcessesTakeTheirTime_WaitsForThem(bool delete)
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, _) = await BeginAsync(cluster);

        var reset = cluster.DoAsync(delete ? new DeleteSession() : new ResetSession());
        await watch.NextAsync<ToolEnding>();
        Assert.False(reset.IsCompleted);
        cluster.Stubborn.MayEnd.SetResult();

        var rest = await watch.UntilAsync(e => e is SessionReset);
        Assert.Equal(["tool.cancelled", "batch.cancelled", "session.reset"], rest.Select(EventTypes.NameOf).Where(type => type != "batch.progress"));
        await reset;
    }

    private static async Task<(EventsWatch Watch, string Batch)> BeginAsync(SessionCluster cluster)
    {
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("stubborn", JsonText.EmptyObject)]));
        await cluster.Stubborn.Started.Task.WaitAsync(Waits.Long);
        return (watch, run.GetProperty("batchId").GetString()!);
    }

    private async Task<T> AdvanceAsync<T>(SessionCluster cluster, Task<T> until)
    {
        await cluster.UntilAsync(() =>
        {
            if (!until.IsCompleted) clock.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(until.IsCompleted);
        });
        return await until;
    }
}
