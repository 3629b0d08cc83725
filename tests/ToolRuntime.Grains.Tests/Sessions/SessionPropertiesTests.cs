using System.Text.Json;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>What holds whatever happens to a session.</summary>
public sealed class SessionPropertiesTests
{
    private const int Steps = 250;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Fold_OfTheLogFromTheStart_GivesTheLiveState(int seed)
    {
        var session = After(seed);

        SessionRig.AssertSame(session.State, Fold(new(), session.Log));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Replay_OfASnapshotAndTheRest_GivesTheLiveState(int seed)
    {
        var random = new RandomSession(seed);
        for (var step = 0; step < Steps / 2; step++) random.Step();
        var (saved, seq) = (SessionReplay.Save(random.Rig.State), random.Rig.State.Head);
        for (var step = 0; step < Steps / 2; step++) random.Step();

        var log = new MemorySessionLog();
        var key = new SessionKey("acme", "s1");
        var opening = (await log.OpenAsync(key, "alice"))!;
        await log.AppendAsync(key, opening.Token, 0, [.. random.Rig.Log]);
        var header = (await log.GetHeaderAsync(key))!;
        var replayed = await SessionReplay.ReadAsync(log, key, header, new() { Epoch = header.Epoch, Seq = seq, State = saved }, CancellationToken.None);

        SessionRig.AssertSame(random.Rig.State, replayed);
    }

    private static string Shown(ExecutionState execution) => JsonSerializer.Serialize(SessionViews.Of(execution), WireJsonContext.Default.ExecutionView);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Restore_InTheMiddle_GoesOnTheSame(int seed)
    {
        var (live, restored) = (new RandomSession(seed), new SessionRig());
        for (var step = 0; step < Steps; step++) live.Step();
        restored.Restore(await RestoreAsync(live.Rig.State));

        Assert.Equal(live.Rig.State.CommandOrder.AsEnumerable(), restored.State.CommandOrder);
        Assert.Equal(live.Rig.State.MessageOrder.AsEnumerable(), restored.State.MessageOrder);
        Assert.All(live.Rig.State.Executions.Values, e => Assert.Equal(Shown(e), Shown(restored.State.Executions[e.Id])));
        foreach (var id in live.Rig.State.OpenBatches.Order()) Assert.Equal(Outcome(live.Rig, id), Outcome(restored, id));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Events_OfASession_AreDenseAndEndEverythingOnceInOrder(int seed)
    {
        var random = new RandomSession(seed);
        for (var step = 0; step < Steps; step++) random.Step();
        random.Finish();

        Assert.Equal(Enumerable.Range(1, random.Rig.Events.Count).Select(i => (long)i), random.Rig.Events.Select(e => e.Seq));
        var check = new EndsCheck();
        foreach (var happened in random.Rig.Events) check.See(happened);
        check.Finish();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void States_AtEveryStep_AreConsistent(int seed)
    {
        var random = new RandomSession(seed);
        for (var step = 0; step < Steps; step++)
        {
            var before = random.Rig.State;
            random.Step();
            CheckBatches(random.Rig.State);
            CheckTurns(random.Rig.State);
            CheckAbsorbed(before, random.Rig.State);
        }
    }

    private static SessionRig After(int seed)
    {
        var random = new RandomSession(seed);
        for (var step = 0; step < Steps; step++) random.Step();
        Assert.True(random.Rig.Log.Count > Steps / 4, "Too little happens to mean anything.");
        return random.Rig;
    }

    private static SessionState Fold(SessionState state, IEnumerable<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            var (happened, note) = SessionEncoding.Decode(entry);
            state = SessionFold.Apply(state, happened, note);
        }

        return state;
    }

    private static async Task<SessionState> RestoreAsync(SessionState state)
    {
        var header = new LogHeader("e", state.Head, 1, "alice", state.Members);
        return await SessionReplay.ReadAsync(new MemorySessionLog(), new("acme", "s1"), header, new() { Epoch = "e", Seq = state.Head, State = SessionReplay.Save(state) }, CancellationToken.None);
    }

    private static string Outcome(SessionRig rig, string batch)
    {
        rig.Do(new CancelBatch(batch));
        return string.Join(' ', rig.Batch(batch).Executions.Select(id => rig.State.Executions[id].Status)) + rig.Batch(batch).Counts;
    }

    private static void CheckBatches(SessionState state)
    {
        foreach (var batch in state.Batches.Values)
        {
            var executions = batch.Executions.Select(id => state.Executions[id]).ToArray();
            int Count(ExecutionStatus status) => executions.Count(e => e.Status == status);
            var counts = new BatchCounts
            {
                Pending = Count(ExecutionStatus.Pending),
                AwaitingApproval = Count(ExecutionStatus.AwaitingApproval),
                Executing = Count(ExecutionStatus.Executing),
                Backoff = Count(ExecutionStatus.Backoff),
                Completed = Count(ExecutionStatus.Completed),
                Failed = Count(ExecutionStatus.Failed),
                TimedOut = Count(ExecutionStatus.TimedOut),
                Cancelled = Count(ExecutionStatus.Cancelled),
                FilesCreated = executions.Sum(e => e.Metrics?.FilesCreated ?? 0),
                LinesWritten = executions.Sum(e => e.Metrics?.LinesWritten ?? 0),
                PeakMemoryBytes = batch.Counts.PeakMemoryBytes,
                CpuMs = batch.Counts.CpuMs,
                ApiCalls = batch.Counts.ApiCalls,
                BytesIn = batch.Counts.BytesIn,
                BytesOut = batch.Counts.BytesOut,
            };
            Assert.Equal(counts, batch.Counts);
            Assert.InRange(counts.Running, 0, batch.MaxParallel);
            Assert.Equal(!batch.IsFinal, state.OpenBatches.Contains(batch.Id));
            if (batch.IsFinal) Assert.Equal(0, counts.Open);
            if (counts.Open == 0) Assert.True(batch.IsFinal || batch.Status == BatchStatus.Paused, "A batch is open without anything to do.");
            Assert.All(executions, e => Assert.True(!e.Suspended || (e.Status == ExecutionStatus.Executing && batch.Status == BatchStatus.Paused)));
        }
    }

    private static void CheckTurns(SessionState state)
    {
        var holders = state.Messages.Values.Count(m => m.HoldsTurn);
        Assert.InRange(holders, 0, 1);
        Assert.Equal(state.Messages.Values.Where(m => m.IsReply && !m.IsFinal).Select(m => m.Id).Order(), state.OpenReplies.Order());
        if (!state.OpenReplies.IsEmpty) Assert.Equal(1, holders);
    }

    private static void CheckAbsorbed(SessionState before, SessionState after)
    {
        foreach (var ended in before.Executions.Values.Where(e => e.IsFinal))
        {
            if (after.Executions.TryGetValue(ended.Id, out var now)) Assert.Same(ended, now);
        }

        foreach (var ended in before.Batches.Values.Where(b => b.IsFinal))
        {
            if (after.Batches.TryGetValue(ended.Id, out var now)) Assert.Same(ended, now);
        }
    }

    /// <summary>Each execution, batch and reply ends once (a reply anew after a retry), a batch after its executions, a reply after its batches.</summary>
    private sealed class EndsCheck
    {
        private readonly Dictionary<string, List<string>> executions = [];
        private readonly Dictionary<string, List<string>> batches = [];
        private readonly HashSet<string> open = [];

        public void See(SessionEvent happened)
        {
            switch (happened)
            {
                case BatchStarted e:
                    executions[e.BatchId!] = [.. e.Tools.Select(t => t.ExecutionId)];
                    Open([e.BatchId!, .. executions[e.BatchId!]]);
                    if (e.MessageId is { } message) batches[message].Add(e.BatchId!);
                    break;
                case ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled:
                    End(happened.ExecutionId!);
                    break;
                case BatchEnded:
                    Assert.DoesNotContain(executions[happened.BatchId!], open.Contains);
                    End(happened.BatchId!);
                    break;
                case ConversationStateChanged { From: null }:
                    batches[happened.MessageId!] = [];
                    Open([happened.MessageId!]);
                    break;
                case ConversationStateChanged { From: MessageStatus.Error }:
                    Open([happened.MessageId!]);
                    break;
                case ConversationStateChanged { To: MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled }:
                    Assert.DoesNotContain(batches[happened.MessageId!], open.Contains);
                    End(happened.MessageId!);
                    break;
                default:
                    break;
            }
        }

        public void Finish()
        {
            Assert.NotEmpty(executions);
            Assert.Empty(open);
        }

        private void Open(IEnumerable<string> ids)
        {
            foreach (var id in ids) Assert.True(open.Add(id), $"{id} begins twice.");
        }

        private void End(string id) => Assert.True(open.Remove(id), $"{id} ends twice, or before it begins.");
    }
}
