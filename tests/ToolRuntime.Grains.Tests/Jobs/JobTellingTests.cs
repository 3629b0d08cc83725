using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Jobs;

/// <summary>That ends are told once, and members to the last, whatever fails or is begun anew in between.</summary>
public sealed class JobTellingTests
{
    /// <summary>What a snapshot has of an end that is still to be told.</summary>
    private const string Untold = "\"JobReports\":[{";

    private static readonly JobQuery All = new(null, [], null, null, 100);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Close_NoEventSinceAnEndWasTold_SavesThatItWas()
    {
        await using var cluster = await StartAsync();
        await EndAsync(cluster, await cluster.WatchAsync());
        await cluster.Snapshots.NextAsync(1);
        await UntilSettledAsync(cluster);
        Assert.Equal((1, 1), cluster.Snapshots.Count(Untold));

        await cluster.RestartAsync();

        Assert.Equal((1, 0), cluster.Snapshots.Count(Untold));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Replay_SnapshotFromBeforeTheDelivery_SendsNoSecondOne(int days)
    {
        await using var cluster = await StartAsync(jobs => jobs.ListAtMost = JobLists.Parts);
        var watch = await cluster.WatchAsync();
        var first = await EndAsync(cluster, watch);
        await cluster.Snapshots.NextAsync(1);
        await UntilSettledAsync(cluster);
        cluster.Snapshots.Refuses = true;
        await EndAsync(cluster, watch); // the list has room for one
        await UntilSettledAsync(cluster);
        while (!cluster.Webhooks.IsSilent) await cluster.Webhooks.NextAsync();

        clock.Advance(TimeSpan.FromDays(days));
        var listed = await List(cluster).ListAsync(All);
        await Hook(cluster, first).AsReference<IRemindable>().ReceiveReminder("deliver", default);
        Assert.Equal(days == 1, await Hook(cluster, first).GetAsync() is not null);
        await cluster.RestartAsync();
        Assert.Equal((1, 1), cluster.Snapshots.Count(Untold));
        await cluster.Session().OpenAsync(SessionCluster.Alice);
        await UntilSettledAsync(cluster);
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await cluster.Session().OpenAsync(SessionCluster.Alice);
        }

        Assert.Equal(days == 1 ? 1 : 0, listed.Length);
        Assert.True(cluster.Webhooks.IsSilent);
    }

    [Fact]
    public async Task Webhook_AfterItsEnd_KeepsNoMessageAndGoesByItself()
    {
        await using var cluster = await StartAsync();
        var batch = await EndAsync(cluster, await cluster.WatchAsync());
        var hook = Hook(cluster, batch);
        await cluster.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return (await hook.GetAsync())?.State == WebhookState.Delivered;
        });
        var due = TimeSpan.Zero;
        await cluster.UntilAsync(async () => (due = await DueAsync(cluster, hook)) > TimeSpan.FromDays(6));
        Assert.DoesNotContain("example.org", cluster.Statistics.Find(hook.GetGrainId()), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromDays(1));
        await hook.AsReference<IRemindable>().ReceiveReminder("deliver", default);
        Assert.NotNull(await hook.GetAsync());

        clock.Advance(TimeSpan.FromDays(7));
        await hook.AsReference<IRemindable>().ReceiveReminder("deliver", default);
        Assert.Null(await hook.GetAsync());
        Assert.Null(cluster.Statistics.Find(hook.GetGrainId()));
        Assert.Empty((await cluster.ReminderTable.ReadRows(hook.GetGrainId())).Reminders);
    }

    [Fact]
    public async Task Share_ListCannotBeWritten_IsRepeatedUntilItIs()
    {
        await using var cluster = await StartAsync();
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], Job: new(DelayMs: 60_000_000)));
        await cluster.DoAsync(new ShareSession(["bob"]));
        var (list, bobs) = (List(cluster).GetGrainId(), All with { Subject = "bob" });
        await cluster.UntilAsync(async () => (await List(cluster).ListAsync(bobs)).Length == 1);
        var refused = 0;
        cluster.Statistics.Refuses = grain => grain == list && Interlocked.Increment(ref refused) <= 3;

        await cluster.DoAsync(new ShareSession([]));
        await cluster.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref refused) > 3 && (await List(cluster).ListAsync(bobs)).Length == 0;
        });

        await UntilSettledAsync(cluster, open: true);
        Assert.DoesNotContain("bob", cluster.Statistics.Find(list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Share_ListCannotBeWritten_IsOpenWorkUntilItIs()
    {
        await using var cluster = await StartAsync();
        await EndAsync(cluster, await cluster.WatchAsync());
        await cluster.UntilAsync(async () => (await cluster.AnyLog.ListOpenWorkAsync()).IsEmpty);
        cluster.Statistics.Refuses = grain => grain == List(cluster).GetGrainId();

        await cluster.DoAsync(new ShareSession(["bob"]));
        Assert.Equal(SessionCluster.Key("s1").ToString(), Assert.Single(await cluster.AnyLog.ListOpenWorkAsync()).ToString());

        cluster.Statistics.Refuses = static _ => false;
        await cluster.RestartAsync();
        await cluster.Session().OpenAsync(SessionCluster.Alice);
        await cluster.UntilAsync(async () => (await cluster.AnyLog.ListOpenWorkAsync()).IsEmpty);
        Assert.Contains("bob", cluster.Statistics.Find(List(cluster).GetGrainId()), StringComparison.Ordinal);
    }

    private Task<SessionCluster> StartAsync(Action<JobOptions>? jobs = null) =>
        SessionCluster.StartAsync(clock: clock, sessions: sessions => sessions.SnapshotEvery = 4, more: host => host.Services.Configure(jobs ?? (static _ => { })));

    private static IJobListGrain List(SessionCluster cluster) => cluster.Grains.GetGrain<IJobListGrain>(JobLists.KeyOf(SessionCluster.Key("s1")));

    private static IWebhookGrain Hook(SessionCluster cluster, string batch) => cluster.Grains.GetGrain<IWebhookGrain>(SessionCluster.Key("s1").Child(batch));

    /// <summary>Runs a job with a webhook to its end; its batch.</summary>
    private static async Task<string> EndAsync(SessionCluster cluster, EventsWatch watch)
    {
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], Job: new(Webhook: new("https://example.org/hook"))));
        var started = await watch.NextAsync<BatchStarted>();
        await watch.NextAsync<ToolStarted>();
        cluster.Tool("plain").End(started.Tools[0].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<BatchCompleted>();
        return started.BatchId!;
    }

    /// <summary>Until the session has told all that it has to: its reminder finds nothing to do, and goes; what has a later start, or none, stays open.</summary>
    private async Task UntilSettledAsync(SessionCluster cluster, bool open = false)
    {
        await cluster.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await cluster.Session().AsReference<IRemindable>().ReceiveReminder("work", default);
            var due = await DueAsync(cluster, cluster.Session());
            return open ? due > TimeSpan.FromHours(1) : due == TimeSpan.Zero;
        });
    }

    private static async Task<TimeSpan> DueAsync(SessionCluster cluster, IAddressable grain)
    {
        var rows = (await cluster.ReminderTable.ReadRows(grain.GetGrainId())).Reminders;
        return rows.Count == 0 ? TimeSpan.Zero : rows[0].StartAt - cluster.Reminders.GetUtcNow().UtcDateTime;
    }
}
