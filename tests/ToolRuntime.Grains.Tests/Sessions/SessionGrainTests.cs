using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionGrainTests
{
    private static readonly RunTools RunOne = new([new("plain", JsonText.EmptyObject)]);

    [Fact]
    public async Task Execute_Append_AckAndEventsWaitForTheCommit()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        var watch = await cluster.WatchAsync();
        var gate = new Gate();
        cluster.Log.BeforeAppend = gate.PassAsync;

        var acked = cluster.DoAsync(Configure(1));
        await gate.Entered;
        await cluster.Session().GetExecutionAsync("nobody", SessionCluster.Alice);
        Assert.False(acked.IsCompleted);
        Assert.True(watch.IsSilent);
        gate.Open();

        Assert.Equal(2, (await acked.WaitAsync(Waits.Long)).GetProperty("seq").GetInt64());
        Assert.Equal(2, (await watch.NextAsync<SessionConfigured>()).Seq);
    }

    [Fact]
    public async Task Execute_AppendFails_IsUnavailableAndTheNextActivationReadsTheLog()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        cluster.Log.BeforeAppend = () =>
        {
            cluster.Log.BeforeAppend = null;
            throw new SessionLogUnavailableException("The disk is full.");
        };

        var failed = await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice);
        var repeated = await cluster.RepeatAsync("c1", Configure(1));

        Assert.Equal((ErrorCode.Unavailable, true), (failed.Error?.Code, failed.Error?.Retryable));
        Assert.Equal("""{"seq":2}""", repeated.Value.Json);
        Assert.Equal((2, 2), (cluster.Log.Openings, cluster.Log.Entries(SessionCluster.Key("s1")).Count));
    }

    [Fact]
    public async Task Execute_AppendInDoubt_IsAppliedOnceWhenRepeated()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        cluster.Log.AfterAppend = () =>
        {
            cluster.Log.AfterAppend = null;
            throw new SessionLogUnavailableException("No answer.");
        };

        Assert.Equal(ErrorCode.Unavailable, (await cluster.Session().ExecuteAsync("c1", RunOne, SessionCluster.Alice)).Error?.Code);
        var repeated = await cluster.RepeatAsync("c1", RunOne);

        Assert.Null(repeated.Error);
        Assert.Equal(1, cluster.Log.Entries(SessionCluster.Key("s1")).Count(e => e.Event.Type == "batch.started"));
        Assert.Contains(repeated.Value.ToElement().GetProperty("batchId").GetString()!, JsonDocument.Parse(await SnapshotAsync(cluster)).RootElement.GetProperty("batches").EnumerateObject().Select(b => b.Name));
    }

    [Fact]
    public async Task Execute_SomebodyElseOpenedTheLog_LosesAndReadsWhatTheOtherWrote()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        var other = (await cluster.Log.OpenAsync(SessionCluster.Key("s1"), null))!;
        var theirs = SessionEncoding.Encode([(new SessionConfigured(new("""{"other":true}"""), "other") { Seq = 2, At = DateTimeOffset.UnixEpoch }, null)]);
        Assert.Equal(AppendOutcome.Committed, await cluster.Log.AppendAsync(SessionCluster.Key("s1"), other.Token, 1, theirs));

        var lost = await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice);
        var repeated = await cluster.RepeatAsync("c1", Configure(1));

        Assert.Equal(ErrorCode.Unavailable, lost.Error?.Code);
        Assert.Equal("""{"seq":3}""", repeated.Value.Json);
        Assert.Equal("""{"i":1,"other":true}""", JsonDocument.Parse(await SnapshotAsync(cluster)).RootElement.GetProperty("parameters").GetRawText());
        Assert.Equal(AppendOutcome.TokenVoid, await cluster.Log.AppendAsync(SessionCluster.Key("s1"), other.Token, 3, []));
    }

    [Fact]
    public async Task Refusal_OnWhatIsNotDurableYet_WaitsForItsCommit()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var batch = (await cluster.DoAsync(RunOne)).GetProperty("batchId").GetString()!;
        await watch.NextAsync<ToolStarted>();
        var gate = new Gate();
        cluster.Log.BeforeAppend = async () =>
        {
            await gate.PassAsync();
            cluster.Log.BeforeAppend = null;
            throw new SessionLogUnavailableException("The disk is full.");
        };

        var first = cluster.Session().ExecuteAsync("c1", new CancelBatch(batch), SessionCluster.Alice);
        await gate.Entered;
        var second = cluster.Session().ExecuteAsync("c2", new CancelBatch(batch), SessionCluster.Alice);
        await cluster.Session().GetExecutionAsync("nobody", SessionCluster.Alice);
        gate.Open();

        Assert.Equal((ErrorCode.Unavailable, ErrorCode.Unavailable), ((await first).Error?.Code, (await second).Error?.Code));
        Assert.Null((await cluster.RepeatAsync("c2", new CancelBatch(batch))).Error);
        Assert.Equal(ErrorCode.Conflict, (await cluster.RepeatAsync("c1", new CancelBatch(batch))).Error?.Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_ManyAtOnce_ArePublishedWholeAndInOrder(bool sqlite)
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite);
        var watch = await cluster.WatchAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => cluster.DoAsync(Configure(i))));

        var events = await watch.UntilAsync(e => e.Seq == 200);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), answers.Select(a => a.GetProperty("seq").GetInt64()).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_TheSameId_IsAppliedOnceAcrossActivations(bool sqlite)
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite);
        var answer = (await cluster.DoAsync(RunOne, "c1")).GetRawText();

        Assert.Equal(answer, (await cluster.DoAsync(RunOne, "c1")).GetRawText());
        Assert.Equal(ErrorCode.Conflict, (await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice)).Error?.Code);
        await cluster.RestartAsync();

        Assert.Equal(answer, (await cluster.DoAsync(RunOne, "c1")).GetRawText());
        Assert.Equal(ErrorCode.Conflict, (await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice)).Error?.Code);
        Assert.Single(JsonDocument.Parse(await SnapshotAsync(cluster)).RootElement.GetProperty("batches").EnumerateObject());
    }

    [Fact]
    public async Task Execute_TheSameIdOfAnotherSubject_IsAnotherCommand()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        await cluster.DoAsync(new ShareSession(["bob"]));

        var mine = await cluster.DoAsync(Configure(1), "c1");
        var his = await cluster.DoAsync(Configure(2), "c1", SessionCluster.Bob);

        Assert.Equal((3, 4), (mine.GetProperty("seq").GetInt64(), his.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task Execute_RefusedForGood_IsRememberedWithItsContent()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        var refused = await cluster.Session().ExecuteAsync("c1", new SendMessage("x", Policy: QueuePolicy.Reject, Model: "nobody"), SessionCluster.Alice);

        var again = await cluster.Session().ExecuteAsync("c1", new SendMessage("x", Policy: QueuePolicy.Reject, Model: "nobody"), SessionCluster.Alice);
        var other = await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice);

        Assert.Equal((ErrorCode.NotFound, refused.Error), (refused.Error?.Code, again.Error));
        Assert.Equal(ErrorCode.Conflict, other.Error?.Code);
    }

    [Fact]
    public async Task Execute_Session_IsCreatedBySomeCommandsAndOwnedByTheirSubject()
    {
        await using var cluster = await SessionCluster.StartAsync();
        Assert.Equal(ErrorCode.NotFound, (await cluster.Session().ExecuteAsync("c0", new CancelBatch("b"), SessionCluster.Alice)).Error?.Code);
        Assert.Null(await cluster.Log.GetHeaderAsync(SessionCluster.Key("s1")));

        var names = new[] { "configure", "send", "run" };
        var commands = new SessionCommand[] { Configure(0), new SendMessage("hello"), RunOne };
        for (var i = 0; i < names.Length; i++) await cluster.DoAsync(commands[i], session: names[i]);
        await cluster.Session("open").OpenAsync(SessionCluster.Alice);

        foreach (var name in (string[])[.. names, "open"]) Assert.Equal("alice", (await cluster.Log.GetHeaderAsync(SessionCluster.Key(name)))?.Owner);
    }

    [Fact]
    public async Task Execute_OpeningFailsOnce_CreatesTheSessionNextTime()
    {
        await using var cluster = await SessionCluster.StartAsync();
        Assert.Equal(ErrorCode.NotFound, (await cluster.Session().ExecuteAsync("c0", new CancelBatch("b"), SessionCluster.Alice)).Error?.Code);
        cluster.Log.BeforeOpen = () => throw new SessionLogUnavailableException("The disk is full.");
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Alice));

        cluster.Log.BeforeOpen = null;
        Assert.Equal(1, (await cluster.DoAsync(Configure(1), "c1")).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Session_OfSomebodyElse_IsForbiddenUnlessSharedOrInScope()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var run = await cluster.DoAsync(RunOne);
        var execution = run.GetProperty("executionIds")[0].GetString()!;

        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Bob)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().OpenAsync(SessionCluster.Bob)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().GetExecutionAsync(execution, SessionCluster.Bob)).Error?.Code);
        Assert.Null((await cluster.Session().OpenAsync(new("operator", AllSessions: true))).Error);

        await cluster.DoAsync(new ShareSession(["bob", "bob"]));
        Assert.Null((await cluster.Session().ExecuteAsync("c1", Configure(1), SessionCluster.Bob)).Error);
        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().ExecuteAsync("c2", new ShareSession(["eve"]), SessionCluster.Bob)).Error?.Code);
        Assert.Equal(["bob"], (await cluster.Log.GetHeaderAsync(SessionCluster.Key("s1")))!.Members.AsEnumerable());
    }

    [Fact]
    public async Task Activate_LogThatEndsBeforeItsSnapshot_BeginsAnotherEpochOnce()
    {
        await using var cluster = await SessionCluster.StartAsync();
        for (var i = 0; i < 5; i++) await cluster.DoAsync(Configure(i));
        var before = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        await cluster.RestartAsync();
        var same = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        await cluster.RestartAsync();
        cluster.Log.Rewind(SessionCluster.Key("s1"), 3);

        var renewed = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        await cluster.DoAsync(Configure(6));
        await cluster.RestartAsync();
        var after = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;

        Assert.Equal((before.Epoch, 5), (same.Epoch, same.Seq));
        Assert.NotEqual(before.Epoch, renewed.Epoch);
        Assert.Equal(3, renewed.Seq);
        Assert.Equal((renewed.Epoch, 4), (after.Epoch, after.Seq));
    }

    [Fact]
    public async Task Check_OfEachAppend_IsAnotherOneAndThatOfTheSnapshot()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var empty = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        for (var i = 0; i < 5; i++) await cluster.DoAsync(Configure(i));

        var opened = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        var checks = cluster.Log.Entries(SessionCluster.Key("s1")).Select(entry => entry.Event.Check).ToList();
        await cluster.RestartAsync();
        var again = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;

        Assert.Null(empty.Check);
        Assert.Equal(5, checks.Distinct().Count());
        Assert.All(checks, check => Assert.Matches("^[0-9a-f]{8}$", check));
        Assert.Equal((checks[^1], checks[^1]), (opened.Check, again.Check));
    }

    [Fact]
    public async Task Snapshot_EveryFiveHundredEvents_IsWhatTheNextActivationBeginsWith()
    {
        await using var cluster = await SessionCluster.StartAsync();
        for (var i = 0; i < 510; i++) await cluster.DoAsync(Configure(i), $"c{i}");
        var saved = await cluster.Snapshots.NextAsync(1);
        Assert.InRange(saved, 500, 510);

        // The writer is lost without a last snapshot.
        await cluster.Log.OpenAsync(SessionCluster.Key("s1"), null);
        await cluster.Session().ExecuteAsync("lost", Configure(-1), SessionCluster.Alice);
        cluster.Log.Reads.Clear();
        var repeated = await cluster.RepeatAsync("c509", Configure(509));

        Assert.Equal("""{"seq":510}""", repeated.Value.Json);
        Assert.All(cluster.Log.Reads, after => Assert.InRange(after, saved, 510));
        Assert.Single(cluster.Snapshots.Written);
    }

    [Fact]
    public async Task Restart_RunningAttempts_AreRetriedOrLost()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var ids = (await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject), new("again", JsonText.EmptyObject)]))).GetProperty("executionIds").EnumerateArray().Select(e => e.GetString()!).ToArray();
        await watch.NextAsync<ToolStarted>();
        await watch.NextAsync<ToolStarted>();

        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();

        var seen = await watch.UntilAsync(Both());
        Assert.Equal("runner_lost", seen.OfType<ToolFailed>().Single(e => e.ExecutionId == ids[0]).Error.Code);
        Assert.Equal(2, seen.OfType<ToolStarted>().Single(e => e.ExecutionId == ids[1]).Attempt);
        cluster.Tool("again").End(ids[1], ToolResult.Success(JsonText.EmptyObject, "Done."));
        Assert.Equal((1, 1), await watch.NextAsync<BatchCompleted>() is var ended ? (ended.Successful, ended.Failed) : default);

        static Func<SessionEvent, bool> Both()
        {
            var (failed, started) = (false, false);
            return e => (failed |= e is ToolFailed) & (started |= e is ToolStarted);
        }
    }

    [Fact]
    public async Task Reminder_OfOpenWork_IsThereUntilItHasEnded()
    {
        await using var cluster = await SessionCluster.StartAsync();
        await cluster.DoAsync(Configure(0));
        Assert.Empty(await WorkAsync(cluster));

        var batch = (await cluster.DoAsync(RunOne)).GetProperty("batchId").GetString()!;
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Single(await WorkAsync(cluster)).Period);
        Assert.True(cluster.Log.LastHeaderChange?.OpenWork);
        await cluster.DoAsync(new CancelBatch(batch));
        Assert.False(cluster.Log.LastHeaderChange?.OpenWork);
        cluster.Reminders.Advance(TimeSpan.FromMinutes(1));

        await cluster.UntilAsync(async () => (await WorkAsync(cluster)).Count == 0);
        await cluster.DoAsync(RunOne);
        Assert.Single(await WorkAsync(cluster));
    }

    [Fact]
    public async Task Recover_OfALogThatWentBackUnderALiveSession_GoesOnFromTheLog()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(RunOne);
        var started = await watch.NextAsync<ToolStarted>();
        cluster.Tool("plain").End(started.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "Done."));
        await watch.NextAsync<BatchCompleted>();

        cluster.Log.Rewind(SessionCluster.Key("s1"), started.Seq);
        await cluster.Journal().RecoverAsync();

        // The attempt that the log knows of is gone: it ends as lost, and its batch with it.
        await cluster.UntilAsync(() => Task.FromResult(cluster.Log.Entries(SessionCluster.Key("s1")).Any(entry => entry.Event.Type == "batch.failed")));
    }

    [Fact]
    public async Task Reminder_Ticks_WakesWhatALostWakeUpLeft()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], MaxParallel: 1));
        await watch.NextAsync<ToolStarted>();

        cluster.Reminders.Advance(TimeSpan.FromMinutes(1));
        cluster.Reminders.Advance(TimeSpan.FromMinutes(1));
        cluster.Tool("plain").End(run.GetProperty("executionIds")[0].GetString()!, ToolResult.Success(JsonText.EmptyObject, "Done."));

        var rest = await watch.UntilAsync(e => e is BatchEnded);
        Assert.DoesNotContain(rest, e => e is ToolRetried or ToolFailed or ToolStarted);
    }

    private static ConfigureSession Configure(int i) => new(new($$"""{"i":{{i}}}"""));

    private static async Task<ReadOnlyMemory<byte>> SnapshotAsync(SessionCluster cluster) => (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View;

    private static async Task<IList<ReminderEntry>> WorkAsync(SessionCluster cluster) =>
        [.. (await cluster.ReminderTable.ReadRows(0, 0)).Reminders.Where(r => r.ReminderName == "work")];

    /// <summary>Holds the first that comes until it is opened.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => entered.Task.WaitAsync(Waits.Long);

        public void Open() => opened.TrySetResult();

        public Task PassAsync()
        {
            entered.TrySetResult();
            return opened.Task;
        }
    }
}
