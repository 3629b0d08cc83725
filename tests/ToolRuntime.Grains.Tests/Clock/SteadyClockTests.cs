using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Clock;

/// <summary>A wall clock that somebody sets, backwards and forwards, while work is open.</summary>
public sealed class SteadyClockTests
{
    private readonly SteppedTime wall = new();

    [Theory]
    [InlineData(-3_600)]
    [InlineData(3_600)]
    public void GetUtcNow_WallClockIsSet_GoesOnSteadilyUntilItFollows(int seconds)
    {
        var clock = new SteadyClock(wall);
        var before = clock.GetUtcNow();

        wall.Step = TimeSpan.FromSeconds(seconds);

        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(clock.Ahead.TotalSeconds, seconds - 1, seconds + 1);
        Assert.InRange((clock.Wall().GetUtcNow() - before).TotalSeconds, seconds, seconds + 60);

        clock.Follow();

        Assert.InRange(clock.Ahead.TotalSeconds, -1, 1);
    }

    [Fact]
    public async Task Run_ClockIsSetBack_TimesOutAllTheSame()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: new SteadyClock(wall));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject, TimeoutMs: 1_000)]));
        await watch.NextAsync<ToolStarted>();

        wall.Step = TimeSpan.FromHours(-1);

        Assert.InRange((await watch.NextAsync<ToolTimedOut>()).ElapsedMs, 1_000, 60_000);
    }

    [Fact]
    public async Task Run_ClockIsSetForward_GoesOnAndItsElapsedTimeIsTrue()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: new SteadyClock(wall));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject, TimeoutMs: 30_000), new("asks", JsonText.EmptyObject)]));
        var started = await watch.NextAsync<ToolStarted>();

        wall.Step = TimeSpan.FromHours(1);
        // Whoever looks at the times now finds that nothing is due.
        await cluster.Journal().RecoverAsync();
        cluster.Tool("plain").End(started.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "done"));

        Assert.InRange((await watch.NextAsync<ToolCompleted>()).ElapsedMs, 0, 30_000);
    }

    /// <summary>The system's time, off by a step.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Step;
    }
}
