using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;
using ToolRuntime.Tracing;
using ToolRuntime.Views;

namespace ToolRuntime.ToolExecutions;

/// <summary>
/// Drives one execution. Owns no state: what it knows comes with a wake-up or as the session's answer, and everything it does may be done again.
/// The tool itself runs in a runner, outside any turn, and outlives this activation.
/// </summary>
[GrainType("tool-execution"), SessionPlacement, Orleans.Concurrency.Reentrant]
internal sealed partial class ToolExecutionGrain(
    RunnerHost runners, SiloWork work, SessionPlaces places, IOptions<RunnerOptions> options, TimeProvider time, ILogger<ToolExecutionGrain> logger)
    : Grain, IToolExecutionGrain, IDisposable
{
    private static readonly TimeSpan WhileSaving = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries to hand over to the next activation; the waits between them make about half a minute.</summary>
    private const int HandOvers = 10;

    /// <summary>After this it is looked again for a silo of the pool.</summary>
    private static readonly TimeSpan PoolAgain = TimeSpan.FromSeconds(1);

    private SessionKey session;
    private string id = "";
    private ISessionJournal journal = null!;
    private readonly CancellationTokenSource ended = new();
    private IGrainTimer? timer;
    private IDisposable? poolWait;
    private int starting;
    private ExecutionState? meanwhile;
    private ExecutionState? endedEarly;
    private TaskCompletionSource launched = new();
    private int beating;
    private bool suspended;
    private bool leaving;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        session = SessionKey.Parse(key);
        id = key[(key.LastIndexOf('/') + 1)..];
        journal = GrainFactory.ReferenceTo<ISessionJournal>(session.ToString());
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        poolWait?.Dispose();
        ended.Dispose();
    }

    public Task WakeAsync(ExecutionState state) => state switch
    {
        { IsFinal: true } => End(),
        { Status: ExecutionStatus.Pending } => StartAsync(state),
        { Status: ExecutionStatus.Backoff } => WaitForRetry(state),
        { Status: ExecutionStatus.Executing } => Watch(state),
        _ => Task.CompletedTask,
    };

    public Task<bool> TakeOverAsync(ExecutionState state)
    {
        if (leaving) return Task.FromResult(false);
        this.RegisterGrainTimer(static (work, _) => work.grain.WakeAsync(work.state), (grain: this, state), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.FromResult(true);
    }

    public Task HeartbeatAsync(int attempt)
    {
        beating = attempt;
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        var stopped = runners.StopAsync(session, id);
        DeactivateOnIdle();
        return stopped;
    }

    /// <summary>A client may learn of an attempt's start before its runner is there.</summary>
    public async Task<InputOutcome> WriteInputAsync(int attempt, InputWrite write)
    {
        if (starting == attempt) await launched.Task;
        return runners.WriteInput(session, id, attempt, write);
    }

    public async Task<InputOutcome> ControlAsync(int attempt, TerminalControl control)
    {
        if (starting == attempt) await launched.Task;
        return runners.Control(session, id, attempt, control);
    }

    /// <summary>Waits for what the tool needs to run, then has the attempt decided, and runs it.</summary>
    private async Task StartAsync(ExecutionState state)
    {
        if (starting > state.Attempt)
        {
            meanwhile = state;
            return;
        }

        if (state.Plan.Pool is { } pool && !places.Pools.IsHere(pool))
        {
            AwaitPool(state, pool);
            return;
        }

        (starting, launched, meanwhile) = (state.Attempt + 1, new(), null);
        Admission? admission = null;
        try
        {
            admission = await runners.AdmitAsync(session, state.Runs, state.Arguments, state.Plan.StartsProcess, state.Plan.Account, state.Plan.Priority, ended.Token);
            if (state.Attempt == state.EarlierAttempts) admission = await runners.ChargeAsync(session, state.Runs, state.Plan.Account, admission);
            // On a silo that stops it begins elsewhere; where there is no other it stays pending, or waits for its next attempt, until after the restart.
            if (admission.Refusal is { } refusal) await RefuseAsync(refusal);
            else if (work.TryBegin()) admission = await BeginAsync(state, admission);
            else if (places.MayGoElsewhere) GoElsewhere(state);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It was ended while it waited.
        }
        finally
        {
            admission?.Dispose();
            starting = 0;
            launched.SetResult();
        }

        // It has not begun, and has been woken meanwhile: that may have been what it has to wait for, an approval or the end of a pause.
        if (admission is not null && meanwhile is { } woken) await StartAsync(woken);
    }

    /// <summary>It was woken where it can't run: it goes to a silo of its pool as soon as there is one. Its batch's deadline bounds that.</summary>
    private void AwaitPool(ExecutionState state, string pool)
    {
        if (places.IsUp(pool))
        {
            GoElsewhere(state);
            return;
        }

        if (poolWait is null)
        {
            poolWait = runners.Waiting(state.Name, state.Plan.Priority, pool);
            LogPoolAway(LogScope.Of(logger, session), pool, id);
        }

        SetTimer(PoolAgain, () => StartAsync(state));
    }

    /// <summary>The wake-up waits until this activation is gone, and finds the next one.</summary>
    private void GoElsewhere(ExecutionState state)
    {
        if (leaving) return;
        leaving = true;
        DeactivateOnIdle();
        _ = HandOverAsync(GrainFactory.ReferenceTo<IToolExecutionGrain>(this.GetPrimaryKeyString()), state);
    }

    /// <summary>Until the next activation has it: nothing else wakes that before the session's reminder, which is what remains after the last try.</summary>
    private async Task HandOverAsync(IToolExecutionGrain next, ExecutionState state)
    {
        for (var tries = 0; tries < HandOvers; tries++)
        {
            try
            {
                if (await next.TakeOverAsync(state)) return;
            }
            catch (Exception exception)
            {
                LogNotHandedOver(LogScope.Of(logger, session), id, exception);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 << Math.Min(tries, 7)), time);
        }
    }

    private async Task RefuseAsync(ToolError why)
    {
        var reply = await RepeatAsync(new RefuseCall(why));
        if (reply.State?.Status != ExecutionStatus.Pending) await GoOnAsync(reply.State);
    }

    private async Task<Admission?> BeginAsync(ExecutionState state, Admission admission)
    {
        try
        {
            var (me, silo) = (Random.Shared.NextInt64(), options.Value.LostAfter == TimeSpan.Zero ? null : places.Incarnation);
            return await ReportAsync(state.Status == ExecutionStatus.Pending ? new StartExecution(me, silo) : new BackoffElapsed(state.Attempt, me, silo), me, admission);
        }
        finally
        {
            work.End();
        }
    }

    /// <summary>Gives the admission to the runner, or back to the caller. Whose attempt it is, the state says: an answer may have been lost, and the report that was repeated changed nothing.</summary>
    private async Task<Admission?> ReportAsync(ExecutionTrigger trigger, long me, Admission admission)
    {
        var reply = await RepeatAsync(trigger);
        if (reply.State is not { Status: ExecutionStatus.Executing } running || running.Starter != me) return await FollowAsync(reply.State, admission);
        if (ended.IsCancellationRequested) return admission;
        if (running.Ending is not null || endedEarly?.Attempt == running.Attempt)
        {
            await ReportLostAsync(running);
            return admission;
        }

        var deadline = running.AttemptDeadline ?? time.GetUtcNow();
        var spec = new RunnerSpec(session, id, running.Attempt, running.Runs, running.Arguments, deadline, running.Input, running.Plan.Trace, running.BatchId, running.Plan.Account?.Subject, running.EarlierAttempts)
        {
            Endless = running.Plan.Endless,
            CallId = running.CallId,
            MessageId = running.MessageId,
        };
        var started = runners.Start(spec, new RunnerSink(journal, GrainFactory.ReferenceTo<IToolExecutionGrain>(this.GetPrimaryKeyString()), id, running.Attempt), admission);
        DelayDeactivation(deadline - time.GetUtcNow() + TimeSpan.FromMinutes(1));
        WatchDeadline(running);
        return started ? null : admission;
    }

    private async Task<Admission?> FollowAsync(ExecutionState? state, Admission admission)
    {
        if (state?.Status != ExecutionStatus.Pending) await GoOnAsync(state);
        return admission;
    }

    /// <summary>A running attempt: follows pauses, keeps its time-out, ends it, and misses its runner.</summary>
    private Task Watch(ExecutionState state)
    {
        if (starting > 0)
        {
            if (state.Ending is not null) endedEarly = state;
            return Task.CompletedTask;
        }

        if (state.Ending is { } ending)
        {
            runners.Cancel(session, id, state.Attempt, ending.IsTimeout);
            if (runners.IsRunning(session, id, state.Attempt)) return WaitForEnd(state, ending);
        }
        else if (runners.IsRunning(session, id, state.Attempt))
        {
            if (state.Suspended != suspended) Suspend(state);
            WatchDeadline(state);
            return Task.CompletedTask;
        }

        var patience = options.Value.LostAfter;
        if (patience == TimeSpan.Zero || state.Silo == places.Incarnation) return LoseAsync(state);
        if (state.Silo is { } silo && places.DeadFor(silo) is { } dead) return LoseAsync(state, dead);
        beating = 0;
        SetTimer(patience, () => beating == state.Attempt ? Stay(state) : LoseAsync(state));
        return Task.CompletedTask;
    }

    /// <summary>It runs elsewhere.</summary>
    private Task Stay(ExecutionState state) => state.Ending is { } ending ? WaitForEnd(state, ending) : Watch(state);

    private void Suspend(ExecutionState state)
    {
        suspended = state.Suspended;
        if (suspended) runners.Suspend(session, id);
        else runners.Continue(session, id);
    }

    private void WatchDeadline(ExecutionState state)
    {
        if (state.Suspended || state.AttemptDeadline is not { } deadline) timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        else SetTimer(deadline - time.GetUtcNow(), () => TimeOutAsync(state));
    }

    /// <summary>The runner reports when its processes are gone. One that takes too long has some that can't be ended.</summary>
    private Task WaitForEnd(ExecutionState state, ExecutionEnding ending)
    {
        SetTimer(ending.Since + options.Value.EndWithin - time.GetUtcNow(), () => GiveUpAsync(state));
        return Task.CompletedTask;
    }

    private async Task GiveUpAsync(ExecutionState state)
    {
        var reply = await RepeatAsync(new EndingElapsed(state.Attempt));
        await GoOnAsync(reply.State);
    }

    private async Task TimeOutAsync(ExecutionState state)
    {
        if (runners.IsSaving(session, id, state.Attempt))
        {
            SetTimer(WhileSaving, () => TimeOutAsync(state)); // the tool itself was in time
            return;
        }

        var reply = await RepeatAsync(new AttemptTimedOut(state.Attempt, Random.Shared.NextDouble()));
        if (reply is { Applied: true, State.Ending: null }) runners.Cancel(session, id, state.Attempt, timedOut: true);
        await GoOnAsync(reply.State);
    }

    /// <summary>What had processes may have some for as long as their silo's lease, if that hangs and does not know that it counts as <paramref name="dead"/>.</summary>
    private Task LoseAsync(ExecutionState state, TimeSpan? dead = null)
    {
        if (state.Ending is null) LogLost(LogScope.Of(logger, session), id, state.Attempt);
        var lease = dead is { } since && state.Plan.StartsProcess ? options.Value.Lease - since : TimeSpan.Zero;
        return ReportLostAsync(state, lease > TimeSpan.Zero ? lease : TimeSpan.Zero);
    }

    private async Task ReportLostAsync(ExecutionState state, TimeSpan delay = default)
    {
        var reply = await RepeatAsync(new RunnerLost(state.Attempt, (long)Math.Ceiling(delay.TotalMilliseconds)));
        await GoOnAsync(reply.State);
    }

    /// <summary>An execution that the session does not know any more, after a reset, has ended.</summary>
    private Task GoOnAsync(ExecutionState? state) => state is null ? End() : WakeAsync(state);

    private Task WaitForRetry(ExecutionState state)
    {
        var wait = (state.RetryAt ?? time.GetUtcNow()) - time.GetUtcNow();
        if (wait <= TimeSpan.Zero) return StartAsync(state);
        SetTimer(wait, () => StartAsync(state));
        return Task.CompletedTask;
    }

    private Task End()
    {
        timer?.Dispose();
        timer = null;
        ended.Cancel();
        runners.Cancel(session, id);
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private void SetTimer(TimeSpan due, Func<Task> act)
    {
        timer?.Dispose();
        timer = this.RegisterGrainTimer(
            static (act, _) => act(), act, new GrainTimerCreationOptions(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    /// <summary>Reports until the session answers; every report is repeatable.</summary>
    private async Task<ExecutionReply> RepeatAsync(ExecutionTrigger trigger)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await journal.ReportExecutionAsync(id, trigger);
            }
            catch (Exception exception) when (failures < 6)
            {
                LogNotTaken(LogScope.Of(logger, session), trigger.Kind, id, exception);
                await Task.Delay(TimeSpan.FromMilliseconds(100 << failures), time);
            }
        }
    }
}
