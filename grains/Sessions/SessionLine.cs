using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.Streams;
using ToolRuntime.Batches;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>A session's log, opened for writing, and what is kept of it.</summary>
internal sealed record OpenLog(ISessionLog Log, SessionKey Session, LogOpening Opening, SessionOptions Options);

/// <summary>What an open session does with its decisions: write, then publish and wake; snapshots, the reminder and held-back figures besides.</summary>
internal sealed partial class SessionLine
{
    private const int SnapshotGrowth = 2;
    public const string WorkReminder = "work";
    private static readonly TimeSpan WorkPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Reminders that are due later are put off again.</summary>
    private static readonly TimeSpan LongestReminder = TimeSpan.FromDays(7);

    private readonly SessionGrain grain;
    private readonly OpenLog open;
    private readonly IPersistentState<SessionStore> store;
    private readonly Func<SessionState> state;
    private readonly Action progress;
    private readonly ILogger logger;
    private readonly SessionWriter writer;
    private readonly SessionPublisher publisher;
    private readonly SessionNewsLine news;
    private readonly IGrainTimer progressTimer;
    private DateTimeOffset updatedAt;
    private DateTimeOffset? reminded;
    private Task reminding = Task.CompletedTask;
    private Task saving = Task.CompletedTask;
    private long unsavedBytes;
    private long changes;
    private long savedChanges;
    private bool openWork;
    private SessionLabel? label;
    private bool ended;
    private bool wentBack;
    private bool progressPending;
    private long trimmedTo;

    public SessionLine(SessionGrain grain, OpenLog open, IPersistentState<SessionStore> store, Func<SessionState> state, Action progress, ILogger logger)
    {
        (this.grain, this.open, this.store, this.state, this.progress, this.logger) = (grain, open, store, state, progress, logger);
        (Epoch, Check) = (open.Opening.Header.Epoch, open.Opening.Header.Check);
        trimmedTo = open.Opening.Header.First - 1;
        openWork = state().HasOpenWork;
        Wakes = new(grain.Grains, grain.Places, open.Session);
        writer = new(open.Log, open.Session, open.Opening.Token, open.Opening.Header.Head, Committed, Lost);
        var stream = grain.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, open.Session.ToString()));
        publisher = new(stream, Check, () => Epoch, exception => LogPublishFailed(logger, open.Session, exception));
        updatedAt = grain.Time.GetUtcNow();
        news = new(grain, open.Session, News, CommittedAsync);
        if (openWork) news.Tell();
        progressTimer = grain.RegisterGrainTimer(
            _ => FireProgress(), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    public string Epoch { get; private set; }

    /// <summary>The check of the last entry, committed or on its way; null where that has none.</summary>
    public string? Check { get; private set; }

    public string Owner => open.Opening.Header.Owner;

    public SessionWakes Wakes { get; }

    /// <summary>How the session stands, all of it committed.</summary>
    public async Task<SessionNews> DescribeAsync()
    {
        var now = News();
        await writer.CommittedAsync();
        return now;
    }

    private SessionNews News() => SessionNewsLine.Of(open.Session, Owner, state(), updatedAt);

    public Task CommittedAsync() => writer.CommittedAsync();

    /// <summary>Writes a decision that has been applied; completes when it is durable and those concerned have been woken.</summary>
    public async Task WriteAsync(SessionTurn turn, string? reporter, ImmutableArray<string>? members)
    {
        var working = turn.State.HasOpenWork;
        var shown = SessionLabels.Of(turn.State);
        var header = members is not null || working != openWork || shown != label ? new HeaderChange(members, working, shown) : null;
        (openWork, label) = (working, shown);
        if (turn.Entries.Count > 0) Check = LogCheck.New();
        var written = writer.WriteAsync(SessionEncoding.Encode(turn.Entries, Check), header);
        updatedAt = turn.Now;
        news.Note(turn);
        if (HeldBack(turn)) HoldProgress();
        var reminder = working && !(reminded <= NextTick(turn.State)) ? EnsureReminderAsync() : Task.CompletedTask;
        await written;
        Wakes.Wake(turn, reporter);
        await reminder;
    }

    /// <summary>
    /// Registers the reminder that wakes open work after a crash, and jobs whose time has come; a failure is logged and made good a minute later, for recovery doesn't
    /// rest on it alone.
    /// </summary>
    public async Task EnsureReminderAsync()
    {
        var due = NextTick(state());
        reminded = due;
        try
        {
            var wait = due - grain.Time.GetUtcNow();
            await InTurnAsync(() => grain.RegisterOrUpdateReminder(WorkReminder, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, WorkPeriod));
        }
        catch (Exception exception)
        {
            reminded = null;
            LogReminderFailed(logger, open.Session, exception);
            _ = RemindLaterAsync();
        }
    }

    /// <summary>After a tick: where nothing but the start of jobs is to come, the next tick is then.</summary>
    public Task PutOffReminderAsync() => state().HasOpenWork && NextTick(state()) > grain.Time.GetUtcNow() + WorkPeriod ? EnsureReminderAsync() : Task.CompletedTask;

    private async Task RemindLaterAsync()
    {
        await Task.Delay(WorkPeriod, grain.Time);
        if (reminded is null && !ended && state().HasOpenWork) await EnsureReminderAsync();
    }

    private DateTimeOffset NextTick(SessionState of)
    {
        var now = grain.Time.GetUtcNow();
        if (of.NextStart is not { } start || start < now + WorkPeriod) return now + WorkPeriod;
        return start < now + LongestReminder ? start : now + LongestReminder;
    }

    public async Task ForgetReminderAsync(string name)
    {
        reminded = null;
        await InTurnAsync(async () =>
        {
            if (await grain.GetReminder(name) is { } reminder && !state().HasOpenWork) await grain.UnregisterReminder(reminder);
        });
        if (state().HasOpenWork && reminded is null) await EnsureReminderAsync();
    }

    /// <summary>One after the other: a reminder that is registered anew while it is removed would be an error of Orleans'.</summary>
    private Task InTurnAsync(Func<Task> act)
    {
        var ahead = reminding;
        return reminding = ActAsync();

        async Task ActAsync()
        {
            await ahead.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await act();
        }
    }

    /// <summary>The store went back in time. From here on it is another epoch.</summary>
    public async Task RenewAsync()
    {
        await writer.CommittedAsync();
        if (await open.Log.RenewAsync(open.Session, writer.Token) is not { } renewed) throw new SessionLogUnavailableException("The session has another writer.");
        writer.Renew(renewed.Token);
        Epoch = renewed.Header.Epoch;
        // What the header says is of the history that was.
        await writer.WriteAsync([], new(null, state().HasOpenWork));
        await SaveAsync();
    }

    /// <summary>
    /// Erases from the log what events asked for, and has a snapshot say so. A reset's log ends where the snapshot before it begins.
    /// What fails, or is cut off by a crash, is done anew from the start: every step may be repeated.
    /// </summary>
    public async Task EraseAsync(ImmutableArray<Erasure> due, Func<Func<string, bool>, Task> forgetBlobs)
    {
        await writer.CommittedAsync();
        if (due.Any(erasure => erasure.MessageId is null)) await SaveAsync(static state => state);
        foreach (var erasure in due)
        {
            // Before the log, which is what says that there is something to erase.
            var executions = await SessionErasing.ExecutionsAsync(open, erasure);
            await forgetBlobs(executions is null ? id => !state().Executions.ContainsKey(id) : executions.Contains);
            await SessionErasing.RunAsync(open, writer.Token, erasure);
        }

        await SaveAsync(state => state.Erased(due));
    }

    /// <summary>Whether nobody else has opened the log since.</summary>
    public async Task<bool> HoldsAsync() => !writer.IsLost && !ended && await open.Log.TrimAsync(open.Session, writer.Token, 0);

    /// <summary>Empties output in the log; returns how far it came.</summary>
    public async Task<IReadOnlyCollection<StreamToEmpty>> EmptyAsync(IReadOnlyList<StreamToEmpty> due)
    {
        await writer.CommittedAsync();
        return await EmptiedOutput.RunAsync(open, writer.Token, writer.Head, due);
    }

    /// <summary>
    /// Whether the log ends before what was committed to it, as after a store was put back to an older copy; null: it can't be asked. A session that has nothing to
    /// write would never notice, and what is open in the log would stay so.
    /// </summary>
    public async Task<bool?> IsAheadAsync()
    {
        var committed = writer.Head;
        try
        {
            return wentBack |= !ended && (await open.Log.GetHeaderAsync(open.Session) is not { } header || header.Head < committed);
        }
        catch (SessionLogUnavailableException)
        {
            return wentBack ? true : null;
        }
    }

    /// <summary>
    /// Has the log's header say whether work is open, where that changed without an event; <paramref name="anyway"/>: also where it should say so already, but a crash
    /// after a snapshot may have kept it from that.
    /// </summary>
    public async Task SettleAsync(bool anyway = false)
    {
        var working = state().HasOpenWork;
        if (working == openWork && !anyway) return;
        openWork = working;
        await writer.WriteAsync([], new(null, working));
    }

    /// <summary>The state differs from the one of its last event in what a replay would undo: the snapshot at the end is due whatever else there was.</summary>
    public void Changed() => changes++;

    /// <summary>Leaves nothing but the log, for a session that is being deleted: no snapshot any more, and gateways know.</summary>
    public async Task EndAsync(string deletedBy)
    {
        ended = true;
        progressTimer.Dispose();
        await writer.CommittedAsync();
        await saving;
        if (store.RecordExists) await store.ClearStateAsync();
        await publisher.EndAsync(writer.Head, deletedBy);
        await news.EndAsync(News());
    }

    /// <summary>Writes what is waiting and a snapshot. Of a log that went back it leaves the snapshot, which may be what it goes on from, and begins an epoch.</summary>
    public async Task CloseAsync()
    {
        progressTimer.Dispose();
        if (ended) return;
        await news.FlushAsync();
        news.Stop();
        var ahead = await IsAheadAsync();
        if (ahead == true) await BeginAnewAsync();
        else if (ahead == false && !writer.IsLost && (state().Head > store.State.Seq || changes != savedChanges)) await SaveAsync();
    }

    /// <summary>By the epoch those who read along learn that it is another history. This writer's token may be one of the history that was.</summary>
    private async Task BeginAnewAsync()
    {
        try
        {
            if (await open.Log.OpenAsync(open.Session, null) is { } opening && opening.Header.Head < writer.Head) await open.Log.RenewAsync(open.Session, opening.Token);
        }
        catch (SessionLogUnavailableException exception)
        {
            LogLost(logger, open.Session, exception);
        }
    }

    private void Committed(ImmutableArray<LogEntry> entries)
    {
        publisher.Publish(entries);
        foreach (var entry in entries) unsavedBytes += entry.Event.Json.Length + entry.Private.Length;
        if (SnapshotDue && saving.IsCompleted && !ended) _ = SaveAsync();
    }

    /// <summary>Snapshots of a large state wait for as much to replay, so that they cost no more than the log itself.</summary>
    private bool SnapshotDue => writer.Head - store.State.Seq >= open.Options.SnapshotEvery && unsavedBytes >= SnapshotGrowth * store.State.State.LongLength;

    private void Lost(Exception exception)
    {
        LogLost(logger, open.Session, exception);
        grain.Leave();
    }

    /// <summary>Writes a snapshot; a failure is logged.</summary>
    private Task SaveAsync() => saving = LogFailureAsync(SaveAsync(saving, static state => state));

    /// <summary>Writes a snapshot of a state that differs from the present one in what no event says.</summary>
    private Task SaveAsync(Func<SessionState, SessionState> change)
    {
        var mine = SaveAsync(saving, change);
        saving = LogFailureAsync(mine);
        return mine;
    }

    private async Task LogFailureAsync(Task save)
    {
        try
        {
            await save;
        }
        catch (Exception exception)
        {
            LogSnapshotFailed(logger, open.Session, exception);
        }
    }

    /// <summary>After the one that is being written, if any: two at once would meet each other's ETag.</summary>
    private async Task SaveAsync(Task earlier, Func<SessionState, SessionState> change)
    {
        await earlier;
        if (ended) return;
        var (saved, epoch, known) = (change(state()), Epoch, changes);
        unsavedBytes = 0;
        await writer.CommittedAsync();
        var bytes = await Task.Run(() => SessionReplay.Save(saved));
        if (saved.Head < store.State.Seq && epoch == store.State.Epoch) return;
        (store.State.Epoch, store.State.Seq, store.State.State) = (epoch, saved.Head, bytes);
        try
        {
            await store.WriteStateAsync();
            savedChanges = known;
        }
        catch (InconsistentStateException)
        {
            // An earlier write that was given up has been done after all: only the next activation knows the record as it is.
            grain.Leave();
            throw;
        }

        if (epoch == Epoch) await TrimAsync(saved.Head);
    }

    /// <summary>Keeps the newest entries, and everything after the snapshot.</summary>
    private async Task TrimAsync(long saved)
    {
        var kept = open.Options.KeptEvents;
        var upTo = Math.Min(saved, writer.Head - kept);
        if (upTo - trimmedTo < Math.Max(1, kept / 10)) return;
        if (await open.Log.TrimAsync(open.Session, writer.Token, upTo)) trimmedTo = upTo;
    }

    private static bool HeldBack(SessionTurn turn) => turn.State.OpenBatches.Any(id => turn.State.Batches[id].ProgressDue);

    private void HoldProgress()
    {
        if (progressPending) return;
        progressPending = true;
        progressTimer.Change(BatchMachine.ProgressInterval, Timeout.InfiniteTimeSpan);
    }

    private Task FireProgress()
    {
        progressPending = false;
        progress();
        return Task.CompletedTask;
    }
}
