using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Jobs;

/// <summary>What jobs cost that wait for their time, and how many may.</summary>
public sealed class ScheduledJobsTests
{
    private static readonly Caller Carol = new("carol");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Delay_OfAJob_IsKeptByOneReminderThatIsDueThen()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(Later(TimeSpan.FromHours(2)));
        var started = await watch.NextAsync<BatchStarted>();
        await cluster.DoAsync(Later(TimeSpan.FromHours(3)));

        clock.Advance(TimeSpan.FromSeconds(5)); // a batch's own reminder would be there by now
        await cluster.Session().OpenAsync(SessionCluster.Alice);

        Assert.InRange(await DueAsync(cluster), TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        var batch = cluster.Grains.GetGrain<ToolRuntime.Batches.IToolBatchGrain>(SessionCluster.Key("s1").Child(started.BatchId!));
        Assert.Empty((await cluster.ReminderTable.ReadRows(batch.GetGrainId())).Reminders);
    }

    [Fact]
    public async Task Reminder_OtherWorkCameAndWent_IsPutOffToTheStartAgain()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(Later(TimeSpan.FromHours(2)));
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]));
        var started = await watch.NextAsync<ToolStarted>();
        Assert.InRange(await DueAsync(cluster), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        cluster.Tool("plain").End(started.ExecutionId!, Tools.ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<BatchCompleted>();
        await cluster.Session().AsReference<IRemindable>().ReceiveReminder("work", default);

        Assert.InRange(await DueAsync(cluster), TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
    }

    [Fact]
    public async Task Run_MoreThanMayWait_IsRefusedUntilOneIsCancelled()
    {
        await using var cluster = await SessionCluster.StartAsync(
            clock: clock,
            more: host => host.Services.Configure<JobOptions>(jobs => (jobs.MaxScheduledOfSubject, jobs.MaxScheduledOfTenant) = (2, 3)));
        var first = await cluster.DoAsync(Later(TimeSpan.FromHours(1)));
        await cluster.DoAsync(Later(TimeSpan.FromHours(1)), session: "s2");

        var third = await cluster.Session("s3").ExecuteAsync("c3", Later(TimeSpan.FromHours(1)), SessionCluster.Alice);
        Assert.Equal((ErrorCode.QuotaExceeded, "Your jobs that wait for their time are 2; 2 are allowed."), (third.Error!.Code, third.Error.Message));
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], Job: new()), session: "s4"); // waits for nothing
        await cluster.DoAsync(Later(TimeSpan.FromHours(1)), caller: Carol, session: "s5");
        var fourth = await cluster.Session("s6").ExecuteAsync("c4", Later(TimeSpan.FromHours(1)), Carol);
        Assert.Equal((ErrorCode.QuotaExceeded, "The tenant's jobs that wait for their time are 3; 3 are allowed."), (fourth.Error!.Code, fourth.Error.Message));

        await cluster.DoAsync(new CancelBatch(first.GetProperty("batchId").GetString()!));
        await cluster.UntilAsync(async () => (await cluster.Session("s3").ExecuteAsync("c5", Later(TimeSpan.FromHours(1)), SessionCluster.Alice)).Succeeded);
    }

    private static RunTools Later(TimeSpan delay) => new([new("plain", JsonText.EmptyObject)], Job: new(DelayMs: (long)delay.TotalMilliseconds));

    private static async Task<TimeSpan> DueAsync(SessionCluster cluster) =>
        Assert.Single((await cluster.ReminderTable.ReadRows(cluster.Session().GetGrainId())).Reminders).StartAt - cluster.Reminders.GetUtcNow().UtcDateTime;
}
