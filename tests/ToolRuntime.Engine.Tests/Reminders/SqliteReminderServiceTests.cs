using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Reminders;

public sealed class SqliteReminderServiceTests
{
    [Fact]
    public async Task Reminder_RegisteredByAnotherProcessLife_TicksSoonAfterTheStart()
    {
        var (clock, journal) = (new ManualTimeProvider(), new Journal());
        using var file = new SqliteFile();
        await using (var first = await DeployAsync())
            await first.Client.GetGrain<IReminderGrain>("t/s/1").Register("r", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(15));

        await using var second = await DeployAsync();
        await clock.AdvanceUntilAsync(TimeSpan.Zero, journal.UntilAsync("r at 0.25 periods"));
        Assert.Equal(1, await second.Client.GetGrain<IReminderGrain>("t/s/1").Count());

        Task<InProcessTestCluster> DeployAsync() => Clusters.DeployWithAsync(silo => silo
            .UseSqliteReminderService(options => options.Path = file.Path)
            .Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(5))
            .Services.UseTimeProviderForBackgroundAreas(TimeProvider.System)
            .AddSingleton(journal)
            .AddKeyedSingleton<TimeProvider>(TimeProviderNames.Reminders, clock));
    }
}
