using Orleans.Concurrency;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    Task Change(TimeSpan due, TimeSpan period);

    Task StopTimer();

    Task Wait(string gate);

    Task Barrier();

    Task Deactivate();

    [AlwaysInterleave]
    Task Nothing();
}

[GrainType("timer")]
internal sealed class TimerGrain(Journal journal) : Grain, ITimerGrain
{
    private IGrainTimer? timer;
    private int ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave)
    {
        timer = this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopTimer()
    {
        timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Wait(string gate)
    {
        await Gates.PassAsync(gate);
        journal.Add("waited");
    }

    public Task Barrier() => Task.CompletedTask;

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Nothing() => Task.CompletedTask;

    private Task Tick()
    {
        journal.Add($"tick {++ticks}");
        return ticks == 2 && this.GetPrimaryKeyString() == "throws" ? throw new InvalidOperationException("tick") : Task.CompletedTask;
    }
}

public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider clock = new();
    private InProcessTestCluster cluster = null!;

    private Journal Journal => cluster.Journal();

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync(clock, silo => silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Timer_Ticks_AtDueTimeAndThenEachPeriod()
    {
        await Grain("a").Start(Second, 2 * Second, interleave: false);

        await AdvanceAsync(0.9, ticks: 0);
        await AdvanceAsync(0.1, ticks: 1);
        await AdvanceAsync(1.9, ticks: 1);
        await AdvanceAsync(0.1, ticks: 2);
        await AdvanceAsync(20, ticks: 3);
    }

    [Fact]
    public async Task Timer_PeriodInfinite_TicksOnce()
    {
        await Grain("a").Start(Second, Timeout.InfiniteTimeSpan, interleave: false);

        await AdvanceAsync(1, ticks: 1);
        await AdvanceAsync(100, ticks: 1);
    }

    [Fact]
    public async Task Timer_CallbackThrows_IsLoggedAndTicksOn()
    {
        await Grain("throws").Start(Second, Second, interleave: false);

        await AdvanceAsync(1, ticks: 1, "throws");
        await AdvanceAsync(1, ticks: 2, "throws");
        await AdvanceAsync(1, ticks: 3, "throws");

        Assert.Contains(cluster.Logs().Lines.Entries, line => line.StartsWith("301 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_NewDueTime_TicksThen()
    {
        await Grain("a").Start(Timeout.InfiniteTimeSpan, Second, interleave: false);
        await AdvanceAsync(100, ticks: 0);

        await Grain("a").Change(3 * Second, Timeout.InfiniteTimeSpan);

        await AdvanceAsync(2.9, ticks: 0);
        await AdvanceAsync(0.1, ticks: 1);
    }

    [Fact]
    public async Task Dispose_NoMoreTicks()
    {
        await Grain("a").Start(Second, Second, interleave: false);
        await AdvanceAsync(1, ticks: 1);

        await Grain("a").StopTimer();

        await AdvanceAsync(100, ticks: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timer_WhileRequestAwaits_TicksOnlyIfItInterleaves(bool interleave)
    {
        var gate = $"timer-{interleave}";
        await Grain("a").Start(Second, Second, interleave);
        var request = Grain("a").Wait(gate);
        await Grain("a").Nothing();

        clock.Advance(Second);
        await Grain("a").Nothing();
        var ticked = Journal.Entries.Contains("tick 1");
        Gates.Open(gate);
        await request.WaitAsync(Waits.Long);
        await Journal.UntilAsync("tick 1");

        Assert.Equal(interleave, ticked);
    }

    [Fact]
    public async Task Deactivation_EndsTimers()
    {
        await Grain("a").Start(Second, Second, interleave: false);
        await Grain("a").Deactivate();
        await Grain("a").Barrier();

        await AdvanceAsync(100, ticks: 0);
    }

    [Fact]
    public async Task Start_NegativeDueTime_Throws() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Grain("a").Start(-2 * Second, Second, interleave: false));

    private async Task AdvanceAsync(double seconds, int ticks, string key = "a")
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        await Journal.UntilCountAsync(ticks);
        // A request of its own comes after a tick that were there by mistake.
        await Grain(key).Barrier();
        Assert.Equal(ticks, Journal.Entries.Count);
    }

    private ITimerGrain Grain(string key) => cluster.Client.GetGrain<ITimerGrain>(key);
}
