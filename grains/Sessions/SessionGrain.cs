using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Streams;
using ToolRuntime.Batches;
using ToolRuntime.Blobs;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.Placement;
using ToolRuntime.SessionLog;
using ToolRuntime.Statistics;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tracing;
using ToolRuntime.WorkspaceStore;
using static ToolRuntime.Sessions.CommittedAnswer;

namespace ToolRuntime.Sessions;

/// <summary>
/// A session: the only writer of its log, and the only place where its machines are decided. Between deciding and applying there is no await;
/// answers, publishing and wake-ups wait for the commit.
/// </summary>
[GrainType("session"), SessionPlacement, Reentrant]
internal sealed partial class SessionGrain(
    ISessionLog log, [PersistentState("session", SessionStore.Name)] IPersistentState<SessionStore> store, SessionDecider decider,
    SessionSilo silo, IOptions<SessionOptions> options, ILogger<SessionGrain> logger)
    : Grain, ISessionGrain, ISessionJournal, IRemindable
{
    /// <summary>Callers wait 5 s for an answer.</summary>
    private static readonly TimeSpan EndingAtMost = TimeSpan.FromSeconds(4);

    private readonly UnloggedCommands unlogged = new();
    private readonly Prompts prompts = new();
    private readonly CommandOrder order = new();
    private SessionKey session;
    private SessionState state = new();
    private SessionLine? line;
    private ImmutableArray<string> toStop = [];
    private OutputEmptying? outputs;
    private SessionJobs? jobs;
    private Task? creating;
    private TaskCompletionSource? noneEnding;

    internal IGrainFactory Grains => GrainFactory;

    internal SessionPlaces Places => silo.Places;

    internal TimeProvider Time => decider.Time;

    /// <summary>What has not ended; from any thread.</summary>
    internal IEnumerable<(string Tool, bool Waits)> OpenTools => SessionStatistics.Open(state);

    private ILogger About => LogScope.Of(logger, session);

    internal void Leave() => DeactivateOnIdle();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        session = SessionKey.Parse(this.GetPrimaryKeyString());
        if (await log.OpenAsync(session, null, cancellationToken) is { } opening) await BeginAsync(opening, cancellationToken);
        silo.Sessions.Add(session, this);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        jobs?.Leave();
        if (line is { } open) await open.CloseAsync();
        silo.Sessions.Remove(session, this);
        await silo.Leftovers.LeaveAsync(session);
    }

    public async Task<SessionReply<SessionSnapshot>> OpenAsync(Caller caller)
    {
        if (state.DeletedBy is not null) await DeleteAsync();
        if (line is null) await CreateAsync(caller);
        if (Refuse(caller) is { } refusal) return new(null, refusal);
        return await Answer(line!.CommittedAsync(), new SessionSnapshot(line.Epoch, state.Head, SessionViews.Encode(state, line.Owner), line.Check));
    }

    public async Task<SessionReply<JsonText>> ExecuteAsync(string commandId, SessionCommand command, Caller caller)
    {
        var stored = await order.WaitAsync(decider.Quotas.MeasureAsync(session, line?.Owner ?? caller.Subject, command, caller));
        var unaffordable = decider.Quotas.Refuse(session, command, caller, stored);
        if (state.DeletedBy is not null) await DeleteAsync();
        if (line is null && command is DeleteSession) return new(JsonText.EmptyObject, null);
        if (line is null && !SessionCommands.Creates(command)) return new(default, new(ErrorCode.NotFound, "There is no such session."));
        if (line is null && unaffordable is not null) return new(default, unaffordable);
        if (line is null) await CreateAsync(caller);
        if (Refuse(caller) is { } forbidden) return new(default, forbidden);
        if (SessionCommands.IsOwners(command) && caller.Subject != line!.Owner && !caller.AllSessions) return new(default, new(ErrorCode.Forbidden, "That is the owner's to do."));
        if (decider.RefuseTools(command, caller) is { } beyond) return new(default, beyond);
        var (key, hash) = (SessionFold.CommandKey(caller.Subject, commandId), SessionEncoding.Hash(command));
        if (SessionCommands.Drops(command) && !state.Commands.ContainsKey(key))
        {
            await EndProcessesAsync(caller.Subject);
            if (line is null) return new(JsonText.EmptyObject, command is DeleteSession ? null : new(ErrorCode.NotFound, "There is no such session."));
        }

        if (state.Commands.TryGetValue(key, out var applied))
        {
            return applied.Hash == hash ? await Answer(FinishAsync(command, line!.CommittedAsync()), applied.Answer) : await RefuseAsync(SessionInput.OtherContent);
        }

        if (unlogged.Find(key) is { } earlier) return await AnswerUnloggedAsync(earlier.Hash == hash ? earlier.Error : SessionInput.OtherContent);
        if (SessionTerminals.TargetOf(command) is { } target) return await InputAsync(command, target, key, hash, caller.Subject);
        if (unaffordable is not null) return await RefuseAsync(unaffordable);
        var turn = decider.Begin(state, RequestContext.Get(TraceContext.Key) as string, SessionQuotas.AccountOf(caller), session.Tenant);
        var (answer, error) = decider.Command(turn, command, commandId, caller.Subject, hash);
        if (error is { Retryable: false }) unlogged.Add(key, hash, error);
        return error is not null ? await RefuseAsync(error) : await Answer(FinishAsync(command, Commit(turn, null, shared: command is ShareSession)), answer);
    }

    public async Task<SessionReply<SessionSnapshot>> GetBatchAsync(string batchId, Caller caller)
    {
        if (line is null || state.Only(batchId) is not { } batch) return new(null, new(ErrorCode.NotFound, "There is no such batch."));
        if (Refuse(caller) is { } forbidden) return new(null, forbidden);
        return await Answer(line.CommittedAsync(), new SessionSnapshot(line.Epoch, state.Head, SessionViews.EncodeBatch(batch, line.Owner)));
    }

    public async Task<SessionReply<SessionSnapshot>> GetExecutionViewAsync(string executionId, Caller caller)
    {
        if (line is null || state.OnlyExecution(executionId) is not { } only) return new(null, new(ErrorCode.NotFound, "There is no such execution."));
        if (Refuse(caller) is { } forbidden) return new(null, forbidden);
        return await Answer(line.CommittedAsync(), new SessionSnapshot(line.Epoch, state.Head, SessionViews.Encode(only, line.Owner), line.Check));
    }

    public async Task<SessionNews?> DescribeAsync() => line is { } open && state.DeletedBy is null ? await open.DescribeAsync() : null;

    public Task<SessionReply<StatisticsReport>> GetStatisticsAsync(StatisticsWindow window, string? tool, Caller caller) => Task.FromResult<SessionReply<StatisticsReport>>(
        RefuseReader(caller) is { } refusal ? new(null, refusal) : new(SessionStatistics.Of(state, window, tool, decider.Time.GetUtcNow()), null));

    public async Task<SessionReply<JsonText>> GetExecutionAsync(string executionId, Caller caller)
    {
        if (line is null || state.Execution(executionId) is not { } execution) return new(default, new(ErrorCode.NotFound, "There is no such execution."));
        if (Refuse(caller) is { } forbidden) return new(default, forbidden);
        await line.CommittedAsync();
        return new(await ExecutionDetails.ReadAsync(log, session, execution), null);
    }

    public async Task<SessionReply<JsonText>> GetProcessesAsync(Caller caller) =>
        RefuseReader(caller) is { } refusal ? new(default, refusal) : await Answer(line!.CommittedAsync(), SessionViews.WriteProcesses(state));

    public async Task<ExecutionReply> ReportExecutionAsync(string executionId, ExecutionTrigger trigger)
    {
        var turn = decider.Begin(state);
        var applied = line is not null && SessionDecider.Execution(turn, executionId, trigger);
        await Commit(turn, executionId);
        return new(applied, turn.State.Execution(executionId)?.WithoutOutput());
    }

    public async Task<BatchState?> ReportBatchAsync(string batchId, BatchTrigger trigger)
    {
        var turn = decider.Begin(state);
        if (line is not null) SessionDecider.Batch(turn, batchId, trigger);
        await Commit(turn, batchId);
        return turn.State.Batches.GetValueOrDefault(batchId);
    }

    public async Task<MessageReply> ReportMessageAsync(string messageId, MessageTrigger trigger)
    {
        var turn = decider.Begin(state);
        var applied = line is not null && decider.Message(turn, messageId, trigger);
        await Commit(turn, messageId);
        return new(applied, turn.State.Messages.GetValueOrDefault(messageId)?.WithoutProvided());
    }

    public async Task<NamedProcess?> ReportProcessAsync(string name, NamedReport report)
    {
        if (line is null) return null;
        var stopping = report == NamedReport.Stop && state.Process(name) is { State: NamedProcessState.Stopping, Run: { } run } ? state.Execution(run) : null;
        if (stopping is not null) await NamedStops.TellAsync(GrainFactory, session, stopping);
        var turn = decider.Begin(state);
        SessionDecider.Process(turn, name, report);
        await Commit(turn, null);
        return state.Process(name);
    }

    public Task<Prompt?> GetPromptAsync(string messageId, int round, int attempt) => Task.FromResult(
        state.Messages.TryGetValue(messageId, out var reply) && reply.Status == Events.MessageStatus.Active && reply.Round == round && reply.Attempt == attempt
            ? prompts.Of(state, reply, decider.DefaultModel)
            : null);

    public async Task RecoverAsync()
    {
        if (line is not { } open) return;
        if (await open.IsAheadAsync() == true) LeaveToNext();
        else if (line == open) open.Wakes.WakeAll(state);
    }

    public Task MoveAsync()
    {
        if (!state.HasOpenWork && !silo.Places.IsMine(session)) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<string?> GetHolderAsync() => line is { } open && await open.HoldsAsync() ? silo.Places.Incarnation : null;

    public async Task<SessionReply<FolderListing>> ListFilesAsync(string path, bool recursive, int limit, Caller caller) =>
        RefuseReader(caller) is { } refusal ? new(null, refusal) : await silo.Files.ListAsync(session, path, recursive, limit);

    public async Task<SessionReply<FileChunk>> ReadFileAsync(string path, long offset, int count, string? tag, Caller caller) =>
        RefuseReader(caller) is { } refusal ? new(null, refusal) : await silo.Files.ReadAsync(session, path, offset, count, tag);

    public Task<SessionReply<WrittenFile>> WriteFileAsync(FilePart part, Caller caller) => silo.Edits.WriteAsync(session, part, () => RefuseReader(caller));

    public Task<SessionReply<WrittenFile>> MakeFolderAsync(string path, Caller caller) => silo.Edits.MakeFolderAsync(session, path, () => RefuseReader(caller));

    public Task<SessionReply<WrittenFile>> DeleteFileAsync(string path, bool recursive, FileCondition condition, Caller caller) =>
        silo.Edits.DeleteAsync(session, path, recursive, condition, () => RefuseReader(caller));

    public async Task<SessionReply<BlobChunk>> ReadBlobAsync(BlobId blob, long offset, int count, Caller caller) =>
        RefuseReader(caller) is { } refusal ? new(null, refusal) : await silo.Files.ReadBlobAsync(session, blob, offset, count);

    /// <summary>The reminder <c>work</c>: wakes open work; goes when there is none.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (line is { } open && await open.IsAheadAsync() == true) LeaveToNext();
        else if (line is { } working && state.HasOpenWork)
        {
            working.Wakes.WakeAll(state);
            await CleanUpAsync();
            await working.PutOffReminderAsync();
        }
        else
        {
            if (line is { } idle) await idle.SettleAsync(anyway: true);
            await (line?.ForgetReminderAsync(reminderName) ?? ForgetReminderAsync(reminderName));
        }
    }

    /// <summary>What the session remembers is no more in its log: the next activation goes by that, and wakes what is open there.</summary>
    private void LeaveToNext()
    {
        Leave();
        _ = GrainFactory.ReferenceTo<ISessionJournal>(session.ToString()).RecoverAsync();
    }

    /// <summary>Applies a decision at once; completes when it, and all before it, is durable.</summary>
    private Task Commit(SessionTurn turn, string? reporter, bool shared = false)
    {
        if (line is null) return Task.CompletedTask;
        decider.Settle(turn);
        if (turn.Entries.Count == 0) return line.CommittedAsync();
        state = turn.State;
        if (state.DeletedBy is not null) toStop = [.. turn.Before.Executions.Values.Where(e => e.Status == Views.ExecutionStatus.Executing).Select(e => e.KeyOf(session))];
        if (noneEnding is not null && !state.Executions.Values.Any(e => e.Ending is not null)) noneEnding.TrySetResult();
        return WriteAsync(line, turn, reporter, shared ? state.Members : null);
    }

    private async Task WriteAsync(SessionLine open, SessionTurn turn, string? reporter, ImmutableArray<string>? members)
    {
        await open.WriteAsync(turn, reporter, members);
        silo.Statistics?.Record(session, turn);
        silo.Processes?.Record(session, turn);
        if (line == open) jobs?.Check(open, turn);
        if (turn.Before.HasOpenWork && !state.HasOpenWork) await MoveAsync();
        if (line == open) outputs?.Check(open, turn.Entries.Where(e => e.Event is Events.ToolOutput || EndsOutput(e.Event)).Select(e => e.Event.ExecutionId!));
    }

    private static bool EndsOutput(Events.SessionEvent happened) =>
        happened is Events.ToolCompleted or Events.ToolFailed or Events.ToolTimedOut or Events.ToolCancelled;

    /// <summary>Cancels what runs and waits until its processes have ended, or it is given up.</summary>
    private async Task EndProcessesAsync(string subject)
    {
        if (!state.Executions.Values.Any(e => e is { Status: Views.ExecutionStatus.Executing, Plan.StartsProcess: true })) return;
        var turn = decider.Begin(state);
        SessionRules.CancelAll(turn, subject);
        noneEnding = noneEnding is { Task.IsCompleted: false } waiting ? waiting : new(TaskCreationOptions.RunContinuationsAsynchronously);
        var mine = noneEnding.Task;
        await Commit(turn, null);
        await Task.WhenAny(mine, Task.Delay(EndingAtMost, decider.Time));
    }

    /// <summary>What a command is not done without, besides its commit.</summary>
    private async Task FinishAsync(SessionCommand command, Task committed)
    {
        await committed;
        if (SessionCommands.Erases(command)) await EraseAsync();
        if (command is DeleteSession) await DeleteAsync();
        if (ScheduledJobs.Has(command) && jobs is { } told) await told.ShownAsync();
    }

    private async Task<SessionReply<JsonText>> InputAsync(SessionCommand command, (string Execution, string? As) target, string key, string hash, string subject)
    {
        var execution = state.Execution(target.Execution);
        var error = SessionTerminals.Refuse(execution, command, subject, target.As);
        if (error is null && execution!.Terminal is not null) await TriggerAsync(target.Execution, new TerminalTaken(subject, target.As));
        if (error is null)
        {
            error = command is WriteInput input
                ? await SessionInput.WriteAsync(GrainFactory, session, execution, input, key, hash)
                : await SessionTerminals.ControlAsync(GrainFactory, session, execution!, command);
        }

        if (error is null && command is ResizeTool resize) await TriggerAsync(target.Execution, new TerminalResized(resize.Cols, resize.Rows, subject));
        if (error is not { Retryable: true }) unlogged.Add(key, hash, error);
        return await AnswerUnloggedAsync(error);
    }

    /// <summary>Nothing is written, and nothing waited for, where it changes nothing.</summary>
    private Task TriggerAsync(string executionId, ExecutionTrigger trigger)
    {
        var turn = decider.Begin(state);
        return SessionDecider.Execution(turn, executionId, trigger) && turn.Entries.Count > 0 ? Commit(turn, null) : Task.CompletedTask;
    }

    private async Task<SessionReply<JsonText>> AnswerUnloggedAsync(Rejection? error) => error is null ? new(JsonText.EmptyObject, null) : await RefuseAsync(error);

    private async Task CreateAsync(Caller caller)
    {
        var mine = creating ??= OpenAndBeginAsync();
        try
        {
            await mine;
        }
        finally
        {
            if (creating == mine) creating = null;
        }

        async Task OpenAndBeginAsync() => await BeginAsync((await log.OpenAsync(session, caller.Subject))!, CancellationToken.None);
    }

    private async Task BeginAsync(LogOpening opening, CancellationToken cancellationToken)
    {
        state = await SessionReplay.ReadAsync(log, session, opening.Header, store.State, cancellationToken);
        line = new SessionLine(this, new(log, session, opening, options.Value), store, () => state, Progress, About);
        if (SessionReplay.WentBack(opening.Header, store.State))
        {
            LogWentBack(About, session, opening.Header.Head, store.State.Seq);
            await line.RenewAsync();
        }

        outputs = new(() => state, changed => state = changed, exception => LogEmptyingFailed(About, session, exception));
        outputs.Check(line, state.Executions.Keys);
        jobs?.Leave();
        jobs = new(GrainFactory, session, new(decider.Time, silo.JobsListFor), () => state, changed => state = changed, exception => LogJobsNotTold(About, session, exception));
        jobs.Begin(line);
        if (!state.HasOpenWork) return;
        line.Wakes.WakeAll(state);
        await line.EnsureReminderAsync();
        _ = CleanUpAsync();
    }

    private async Task ForgetReminderAsync(string name)
    {
        if (await this.GetReminder(name) is { } reminder && line is null) await this.UnregisterReminder(reminder);
    }

    /// <summary>Figures that were held back by their rate.</summary>
    private void Progress()
    {
        var turn = decider.Begin(state);
        SessionDecider.Progress(turn);
        _ = Commit(turn, null);
    }

    private Rejection? RefuseReader(Caller caller) =>
        line is null || state.DeletedBy is not null ? new(ErrorCode.NotFound, "There is no such session.") : Refuse(caller);

    private Rejection? Refuse(Caller caller) =>
        caller.AllSessions || caller.Subject == line!.Owner || state.Members.Contains(caller.Subject) ? null : new(ErrorCode.Forbidden, "The session belongs to somebody else.");

    /// <summary>A refusal holds only if what it rests on is durable; nothing is left of a session that has gone meanwhile.</summary>
    private async Task<SessionReply<JsonText>> RefuseAsync(Rejection refusal)
    {
        var reply = await Answer(line?.CommittedAsync() ?? Task.CompletedTask, default(JsonText));
        return reply.Succeeded ? new(default, refusal) : reply;
    }
}
