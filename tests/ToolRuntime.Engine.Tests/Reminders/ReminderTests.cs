using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Reminders;

public interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);

    Task<bool> Unregister(string name);

    Task<int> Count();

    Task Barrier();
}

[GrainType("reminder")]
internal sealed class ReminderGrain(Journal journal) : Grain, IReminderGrain, IRemindable
{
    public Task Register(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Unregister(string name)
    {
        if (await this.GetReminder(name) is not { } reminder)
            return false;
        await this.UnregisterReminder(reminder);
        return true;
    }

    public async Task<int> Count() => (await this.GetReminders()).Count;

    public Task Barrier() => Task.CompletedTask;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        journal.Add($"{reminderName} at {(status.CurrentTickTime - status.FirstTickTime) / status.Period:0.##} periods");
        if (reminderName == "slow")
            await Gates.PassAsync("reminder");
        if (reminderName == "once")
            await Unregister(reminderName);
        if (reminderName == "throws")
            throw new InvalidOperationException("tick");
    }
}

public sealed class ReminderTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider clock = new();
    private InProcessTestCluster cluster = null!;

    private Journal Journal => cluster.Journal();

    private IReminderGrain Grain => cluster.Client.GetGrain<IReminderGrain>("a");

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync(silo => silo.Services
        .UseTimeProviderForBackgroundAreas(TimeProvider.System)
        .AddKeyedSingleton<TimeProvider>(TimeProviderNames.Reminders, clock));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Register_Ticks_AtDueTimeAndMultiplesOfThePeriod()
    {
        await Grain.Register("r", 3 * Second, 5 * Second);

        await AdvanceAsync(2);
        await AdvanceAsync(1, "r at 0 periods");
        await AdvanceAsync(5, "r at 1 periods");
    }

    [Fact]
    public async Task Register_DueAtOnce_TicksFirstAfterOnePeriod()
    {
        await Grain.Register("r", TimeSpan.Zero, 5 * Second);

        await AdvanceAsync(4.9);
        await AdvanceAsync(0.1, "r at 1 periods");
    }

    [Fact]
    public async Task Tick_OthersDueWhileItRuns_OneComesLateTheRestAreSkipped()
    {
        await Grain.Register("slow", 5 * Second, 5 * Second);
        clock.Advance(5 * Second);
        await Journal.UntilAsync("slow at 0 periods");

        clock.Advance(17 * Second);
        Gates.Open("reminder");

        await AdvanceAsync(0, "slow at 3.4 periods");
        await AdvanceAsync(3, "slow at 4 periods");
    }

    [Fact]
    public async Task Tick_Throws_IsLoggedAndTicksOn()
    {
        await Grain.Register("throws", Second, Second);

        await AdvanceAsync(1, "throws at 0 periods");
        await cluster.Logs().Lines.UntilAsync("401 Reminder throws of grain reminder/a failed to tick. tick");
        await AdvanceAsync(1, "throws at 1 periods");
    }

    [Fact]
    public async Task Register_Again_ReplacesTheSchedule()
    {
        await Grain.Register("r", Second, Second);
        await Grain.Register("r", 10 * Second, 10 * Second);

        await AdvanceAsync(9);
        await AdvanceAsync(1, "r at 0 periods");
        Assert.Equal(1, await Grain.Count());
    }

    [Fact]
    public async Task Unregister_InTheTick_NoMoreTicks()
    {
        await Grain.Register("once", Second, Second);

        await AdvanceAsync(1, "once at 0 periods");
        await AdvanceAsync(100);
        Assert.Equal(0, await Grain.Count());
        Assert.False(await Grain.Unregister("once"));
    }

    [Fact]
    public async Task Register_PeriodBelowMinimum_Throws() => await Assert.ThrowsAsync<ArgumentException>(() => Grain.Register("r", Second, Second / 2));

    [Fact]
    public async Task Register_DueTimeInfinite_Throws() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Grain.Register("r", Timeout.InfiniteTimeSpan, Second));

    [Fact]
    public async Task SiloStarts_ReminderWasDueBefore_TicksAtOnce()
    {
        await Grain.Register("missed", 5 * Second, 60 * Second);
        await Grain.Register("ahead", 600 * Second, 60 * Second);
        await cluster.StopAllSilosAsync();
        clock.Advance(20 * Second);

        await cluster.StartAdditionalSiloAsync();
        await clock.AdvanceUntilAsync(TimeSpan.Zero, Journal.UntilAsync("missed at 0.25 periods"));

        await AdvanceAsync(45, "missed at 1 periods");
        Assert.Equal(2, Journal.Entries.Count);
    }

    private async Task AdvanceAsync(double seconds, params string[] ticks)
    {
        var before = Journal.Entries.Count;
        clock.Advance(TimeSpan.FromSeconds(seconds));
        await clock.AdvanceUntilAsync(TimeSpan.Zero, Journal.UntilCountAsync(before + ticks.Length));
        await Grain.Barrier();
        Assert.Equal(ticks, Journal.Entries.Skip(before));
    }
}
