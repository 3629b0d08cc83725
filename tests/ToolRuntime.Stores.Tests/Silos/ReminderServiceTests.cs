using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.TestingHost;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.Silos;

public interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);

    Task<bool> Unregister(string name);

    Task<int> Count();
}

[GrainType("reminded")]
internal sealed class ReminderGrain(Channel<string> ticks) : Grain, IReminderGrain, IRemindable
{
    public Task Register(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Unregister(string name)
    {
        if (await this.GetReminder(name) is not { } reminder) return false;
        await this.UnregisterReminder(reminder);
        return true;
    }

    public async Task<int> Count() => (await this.GetReminders()).Count;

    public Task ReceiveReminder(string reminderName, TickStatus status) => ticks.Writer.WriteAsync($"{this.GetPrimaryKeyString()} {reminderName}").AsTask();
}

/// <summary>The reminder table under Orleans' reminder service, on a clock of the test's own.</summary>
public sealed class ReminderServiceTests : IDisposable
{
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);
    private readonly FakeTimeProvider clock = new(new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Channel<string> ticks = Channel.CreateUnbounded<string>();
    private readonly string folder = Directory.CreateTempSubdirectory("silo-reminders-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Reminder_Registered_TicksUntilItIsUnregistered()
    {
        await using var cluster = await DeployAsync();
        var grain = cluster.Client.GetGrain<IReminderGrain>("t/s/1");
        await grain.Register("r", Due, Period);

        for (var i = 0; i < 3; i++) Assert.Equal("t/s/1 r", await NextTickAsync());
        Assert.True(await grain.Unregister("r"));
        Assert.Equal(0, await grain.Count());
        Assert.False(await grain.Unregister("r"));
    }

    [Fact]
    public async Task Reminder_RegisteredByAnotherProcessLife_TicksAfterTheStart()
    {
        await using (var first = await DeployAsync()) await first.Client.GetGrain<IReminderGrain>("t/s/1").Register("r", Due, Period);

        await using var second = await DeployAsync();

        Assert.Equal("t/s/1 r", await NextTickAsync());
        Assert.Equal(1, await second.Client.GetGrain<IReminderGrain>("t/s/1").Count());
    }

    /// <summary>Moves the clock, a second at a time, until a reminder has ticked.</summary>
    private async Task<string> NextTickAsync()
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            if (ticks.Reader.TryRead(out var tick)) return tick;
            clock.Advance(TimeSpan.FromSeconds(1));
            var arrived = ticks.Reader.WaitToReadAsync(timeout.Token).AsTask();
            await Task.WhenAny(arrived, Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token));
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<InProcessTestCluster> DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo
            .UseSqliteReminderService(options => options.Path = Path.Combine(folder, "grains.db"))
            .Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(5))
            .Services.AddSingleton(ticks)
            .AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, clock));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
