using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;

namespace ToolRuntime.Grains.Tests.Batches;

/// <summary>Deadline and longest pause of a batch that waits for an approval, on two clocks that only the test moves: the grains' and their timers', and the reminders'.</summary>
public sealed class ToolBatchGrainTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly RunTools Ask = new([new("asks", JsonText.EmptyObject)], MaxWaitMs: 3_600_000);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Deadline_Timer_EndsTheBatch()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, started) = await BeginAsync(cluster);
        var ended = watch.NextAsync<BatchTimedOut>();

        clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await cluster.Session().OpenAsync(SessionCluster.Alice);
        Assert.False(ended.IsCompleted);
        await AdvanceAsync(cluster, clock, TimeSpan.FromSeconds(1), ended);

        Assert.True((await ended).At >= started.Deadline);
        Assert.Equal(1, (await ended).TimedOut);
        await cluster.UntilAsync(async () => !await IsRemindedAsync(cluster));
    }

    [Fact]
    public async Task Deadline_GrainAndTimerAreGone_IsKeptByTheReminder()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, started) = await BeginAsync(cluster);
        Assert.False(await IsRemindedAsync(cluster));
        await cluster.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return IsRemindedAsync(cluster);
        });

        await cluster.RestartAsync();
        clock.Advance(Hour); // From here on it stands still, so that no timer fires.
        var ended = watch.NextAsync<BatchTimedOut>();
        await AdvanceAsync(cluster, cluster.Reminders, TimeSpan.FromMinutes(1), ended);

        Assert.True((await ended).At >= started.Deadline);
        await cluster.UntilAsync(async () => !await IsRemindedAsync(cluster));
    }

    [Fact]
    public async Task Deadline_OnlyPeopleAreWaitedFor_IsTheirs()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, started) = await BeginAsync(cluster, Ask with { MaxWaitMs = 1_000 });
        var ended = watch.NextAsync<BatchTimedOut>();

        await AdvanceAsync(cluster, clock, TimeSpan.FromMinutes(1), ended);

        Assert.True((await ended).At >= started.At + Hour);
    }

    [Fact]
    public async Task Deadline_OnceApproved_IsTheWorksAgain()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, started) = await BeginAsync(cluster, Ask with { MaxWaitMs = 1_000 });
        await cluster.DoAsync(new ApproveTool(started.Tools[0].ExecutionId));
        var ended = watch.NextAsync<BatchTimedOut>();

        await AdvanceAsync(cluster, clock, TimeSpan.FromSeconds(1), ended, most: 600);

        Assert.True((await ended).At < started.At + Hour);
    }

    [Fact]
    public async Task Pause_ForTheLongestTime_EndsByItselfAndMovesTheDeadline()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (watch, started) = await BeginAsync(cluster);
        await cluster.DoAsync(new PauseBatch(started.BatchId!));
        var paused = await watch.NextAsync<BatchPaused>();

        var resumed = watch.NextAsync<BatchResumed>();
        await AdvanceAsync(cluster, clock, TimeSpan.FromMinutes(1), resumed);

        Assert.Equal("runtime", (await resumed).By);
        Assert.True((await resumed).At - paused.At >= Hour);
        Assert.Equal(started.Deadline + ((await resumed).At - paused.At), (await resumed).Deadline);
    }

    private static async Task<(EventsWatch Watch, BatchStarted Started)> BeginAsync(SessionCluster cluster, RunTools? command = null)
    {
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(command ?? Ask);
        var started = await watch.NextAsync<BatchStarted>();
        await watch.NextAsync<ToolApprovalRequired>();
        return (watch, started);
    }

    /// <summary>Moves the clock on, at most so many steps, until something has happened.</summary>
    private static Task AdvanceAsync(SessionCluster cluster, FakeTimeProvider clock, TimeSpan step, Task until, int most = int.MaxValue) => cluster.UntilAsync(() =>
    {
        if (!until.IsCompleted && most-- > 0) clock.Advance(step);
        return Task.FromResult(until.IsCompleted);
    });

    private static async Task<bool> IsRemindedAsync(SessionCluster cluster) =>
        (await cluster.ReminderTable.ReadRows(0, 0)).Reminders.Any(r => r.ReminderName == "deadline");
}
