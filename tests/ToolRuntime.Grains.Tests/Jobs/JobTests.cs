using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Jobs;

/// <summary>Jobs of a session: their list, their start and their webhooks, on clocks that only the test moves.</summary>
public sealed class JobTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly JobQuery All = new(null, [], null, null, 100);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task List_OfAJob_FollowsItToItsEnd()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(JobPriority.Low));
        await UntilAsync(cluster, job => job.State == JobState.Running);

        cluster.Tool("plain").End(started.Tools[0].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        var job = await UntilAsync(cluster, job => job.State == JobState.Completed);

        Assert.Equal(("s1", started.BatchId, "alice", "alice"), (job.Session, job.Batch, job.By, job.Owner));
        Assert.Equal(("plain", JobPriority.Low), (Assert.Single(job.Tools), job.Info.Priority));
        Assert.True(job.CreatedAt <= job.StartedAt && job.StartedAt <= job.EndedAt);
        await cluster.UntilAsync(async () => (await cluster.AnyLog.ListOpenWorkAsync()).IsEmpty);
    }

    [Fact]
    public async Task List_ByStateToolAndReader_HasOnlyThose()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        await RunAsync(cluster, watch, new(DelayMs: 60_000));
        await UntilAsync(cluster, job => job.State == JobState.Scheduled);

        Assert.Single(await ListAsync(cluster, All with { Subject = "alice", Tool = "plain", States = [JobState.Scheduled] }));
        Assert.Empty(await ListAsync(cluster, All with { Tool = "again" }));
        Assert.Empty(await ListAsync(cluster, All with { States = [JobState.Running] }));
        Assert.Empty(await ListAsync(cluster, All with { Subject = "bob" }));
        await cluster.DoAsync(new ShareSession(["bob"]));
        await cluster.UntilAsync(async () => (await ListAsync(cluster, All with { Subject = "bob" })).Length == 1);
    }

    [Fact]
    public async Task List_OfADeletedSession_IsEmpty()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        await RunAsync(cluster, watch, new(DelayMs: 60_000));
        await UntilAsync(cluster, job => job.State == JobState.Scheduled);

        await cluster.DoAsync(new DeleteSession());

        Assert.Empty(await ListAsync(cluster, All));
    }

    [Fact]
    public async Task Delay_UntilItsTime_IsAPauseAndThenRuns()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(DelayMs: 3_600_000));
        var paused = await watch.NextAsync<BatchPaused>();
        Assert.Equal(("schedule", started.At + Hour), (paused.By, started.Job!.NotBefore));

        clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await cluster.Session().OpenAsync(SessionCluster.Alice);
        Assert.True(watch.IsSilent);
        var resumed = watch.NextAsync<BatchResumed>();
        await AdvanceAsync(cluster, clock, TimeSpan.FromSeconds(1), resumed);

        Assert.True((await resumed).At >= started.Job.NotBefore);
        Assert.Equal(started.Deadline - started.At, (await resumed).Deadline - (await resumed).At);
        await watch.NextAsync<ToolStarted>();
    }

    [Fact]
    public async Task Delay_GrainsAndTimersAreGone_IsKeptByTheReminder()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(StartAt: clock.GetUtcNow() + Hour));
        await watch.NextAsync<BatchPaused>();

        await cluster.RestartAsync();
        clock.Advance(Hour); // From here on it stands still, so that no timer fires.
        var began = watch.NextAsync<ToolStarted>();
        await AdvanceAsync(cluster, cluster.Reminders, TimeSpan.FromMinutes(1), began);

        Assert.True((await began).At >= started.Job!.NotBefore);
    }

    [Fact]
    public async Task Cancel_WhileItWaits_EndsItWithoutAStart()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(DelayMs: 60_000));

        await cluster.DoAsync(new CancelBatch(started.BatchId!));

        Assert.DoesNotContain(await watch.UntilAsync(e => e is BatchCancelled), e => e is ToolStarted);
        await UntilAsync(cluster, job => job.State == JobState.Cancelled);
    }

    [Fact]
    public async Task Resume_BeforeItsTime_StartsIt()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(DelayMs: 60_000));

        await cluster.DoAsync(new ResumeBatch(started.BatchId!));

        await watch.NextAsync<ToolStarted>();
    }

    [Fact]
    public async Task Webhook_OfAnEnd_IsSignedAndTriedUntilItIsTaken()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        cluster.Webhooks.Answers.Enqueue(new(null, "No answer."));
        cluster.Webhooks.Answers.Enqueue(new(503));
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(Webhook: new("https://example.org/hook")));
        await watch.NextAsync<ToolStarted>();

        cluster.Tool("plain").End(started.Tools[0].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<BatchCompleted>(); // before the clock goes on, which would end the attempt
        var first = await cluster.Webhooks.NextAsync(); // at once: time that goes on here would bring the second
        var (second, third) = (await NextAsync(cluster), await NextAsync(cluster));

        var body = JsonElement.Parse(first.Body);
        Assert.Equal("job.completed", body.GetProperty("type").GetString());
        Assert.Equal($"s1:{started.BatchId}", body.GetProperty("data").GetProperty("jobId").GetString());
        Assert.Equal("done", body.GetProperty("data").GetProperty("executions")[0].GetProperty("summary").GetString());
        Assert.Equal((first.Body, first.Headers["webhook-id"]), (third.Body, second.Headers["webhook-id"]));
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(first.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(WebhookSignature.Headers(first.Headers["webhook-id"], at, first.Body, FakeWebhooks.Secret)["webhook-signature"], first.Headers["webhook-signature"]);
        await cluster.UntilAsync(async () => (await Hook(cluster, started.BatchId!).GetAsync())?.State == WebhookState.Delivered);
        Assert.Equal(3, (await Hook(cluster, started.BatchId!).GetAsync())!.Attempts);
    }

    [Fact]
    public async Task Webhook_SiloStopsInBetween_GoesOnByTheReminder()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        cluster.Webhooks.Answers.Enqueue(new(500));
        var watch = await cluster.WatchAsync();
        var started = await RunAsync(cluster, watch, new(Webhook: new("https://example.org/hook")));
        await watch.NextAsync<ToolStarted>();
        cluster.Tool("plain").End(started.Tools[0].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<BatchCompleted>(); // before the clock goes on, which would end the attempt
        var first = await cluster.Webhooks.NextAsync(); // at once: time that goes on here would bring the second
        await cluster.UntilAsync(async () => (await Hook(cluster, started.BatchId!).GetAsync())?.Attempts == 1);

        var reminders = await cluster.ReminderTable.ReadRows(Hook(cluster, started.BatchId!).GetGrainId());
        Assert.Equal("deliver", Assert.Single(reminders.Reminders).ReminderName);

        await cluster.RestartAsync();
        clock.Advance(Hour);
        await Hook(cluster, started.BatchId!).AsReference<IRemindable>().ReceiveReminder("deliver", default);

        Assert.Equal(first.Headers["webhook-id"], (await NextAsync(cluster)).Headers["webhook-id"]);
    }

    [Theory]
    [InlineData(410, false)]
    [InlineData(null, true)]
    public async Task Webhook_RefusedForGood_IsGivenUpAtOnce(int? status, bool refused)
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        cluster.Webhooks.Answers.Enqueue(new(status, status is null ? "The address is not a public one." : null, refused));
        var hook = Hook(cluster, "b1");

        await hook.DeliverAsync(new(new("https://example.org/hook"), "{}"));
        await cluster.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return (await hook.GetAsync())?.State == WebhookState.GivenUp;
        });

        await hook.DeliverAsync(new(new("https://example.org/hook"), "{}"));
        Assert.Equal(1, (await hook.GetAsync())!.Attempts);
    }

    [Fact]
    public async Task Update_MoreEndedOnesThanAreKept_DropsTheOldest()
    {
        await using var cluster = await SessionCluster.StartAsync(clock: clock);
        var (list, most) = (cluster.Grains.GetGrain<IJobListGrain>(JobLists.KeysOf("acme")[0]), new JobOptions().ListAtMost / JobLists.Parts);
        var now = clock.GetUtcNow();

        await Task.WhenAll(Enumerable.Range(0, most + 5).Select(i => list.UpdateAsync(Entry($"b{i}", now.AddSeconds(i)))));
        var kept = await list.ListAsync(All with { Limit = 10_000 });
        clock.Advance(new JobOptions().ListFor + TimeSpan.FromDays(1));

        Assert.Equal((most, $"b{most + 4}", "b5"), (kept.Length, kept[0].Batch, kept[^1].Batch));
        Assert.Empty(await list.ListAsync(All));
    }

    private static JobEntry Entry(string batch, DateTimeOffset at) =>
        new("s1", batch, 1, JobState.Completed, ["plain"], 1, new(JobPriority.Default), at, at, at, "alice", "alice", []);

    private static async Task<BatchStarted> RunAsync(SessionCluster cluster, EventsWatch watch, JobRequest job)
    {
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], Job: job));
        return await watch.NextAsync<BatchStarted>();
    }

    private static IWebhookGrain Hook(SessionCluster cluster, string batch) => cluster.Grains.GetGrain<IWebhookGrain>(SessionCluster.Key("s1").Child(batch));

    private static async Task<ImmutableArray<JobEntry>> ListAsync(SessionCluster cluster, JobQuery query) =>
        [.. (await Task.WhenAll(JobLists.KeysOf("acme").Select(key => cluster.Grains.GetGrain<IJobListGrain>(key).ListAsync(query)))).SelectMany(part => part)];

    private static async Task<JobEntry> UntilAsync(SessionCluster cluster, Func<JobEntry, bool> fits)
    {
        JobEntry? found = null;
        await cluster.UntilAsync(async () => (found = (await ListAsync(cluster, All)).FirstOrDefault(fits)) is not null);
        return found!;
    }

    /// <summary>The next webhook; the clock goes on meanwhile.</summary>
    private async Task<FakeWebhooks.Sent> NextAsync(SessionCluster cluster)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (cluster.Webhooks.IsSilent)
        {
            timeout.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
            await cluster.Session().OpenAsync(SessionCluster.Alice);
        }

        return await cluster.Webhooks.NextAsync();
    }

    private static async Task AdvanceAsync(SessionCluster cluster, FakeTimeProvider clock, TimeSpan step, Task until)
    {
        while (!until.IsCompleted)
        {
            clock.Advance(step);
            await cluster.Session().OpenAsync(SessionCluster.Alice);
        }
    }
}
