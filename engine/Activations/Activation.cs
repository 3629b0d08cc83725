using Orleans.Core;
using Orleans.Storage;
using ToolRuntime.Engine.Calls;
using ToolRuntime.Engine.Contracts;
using ToolRuntime.Engine.Scheduling;
using ToolRuntime.Engine.Timers;

namespace ToolRuntime.Engine.Activations;

/// <summary>
/// One life of a grain in this process: made for its first request, ended when idle, on request or with the silo. All of it but what says otherwise runs in its own turns.
/// <code>
/// New ─first request─► Activating ─► Active ─deactivation asked for, nothing running─► Deactivating ─► Gone
///                      └─failed──────────────────────────────────────────────────────────────────────► Gone
/// </code>
/// </summary>
internal sealed partial class Activation(Catalog catalog, GrainClass grainClass, GrainId id) : TurnScheduler, IGrainContext
{
    private static readonly object Settle = new();

    private readonly GrainLife life = new(catalog, grainClass);
    private RequestGate gate = new(grainClass.IsReentrant);
    private Status status;
    private bool closed;
    private int lastUsed = catalog.Quantum;
    private TimeSpan keepUntil;
    private HashSet<GrainTimer>? timers;
    private DeactivationCause? deactivation;
    private ITimer? patience;
    private TaskCompletionSource? deactivated;

    private enum Status : byte
    {
        New,
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    public GrainId GrainId => id;

    public object? GrainInstance => life.Grain;

    public CallRuntime Runtime => catalog.Runtime;

    public TimeProvider TimerClock => catalog.TimerClock;

    public GrainReference GrainReference => GrainInterface.Of(typeof(IAddressable)).Refer(Runtime, id);

    /// <summary>Any thread.</summary>
    public IServiceProvider ActivationServices => life.Services;

    /// <summary>Any thread.</summary>
    public Task Deactivated
    {
        get
        {
            lock (Gate)
                return closed ? Task.CompletedTask : (deactivated ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    protected override bool IsCurrent => TurnContext.Current == this;

    public static Activation Of(IGrainBase grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return (Activation)grain.GrainContext;
    }

    /// <summary>The grain's activation, if this thread runs its turn.</summary>
    public static Activation InTurn(IGrainBase grain)
    {
        var activation = Of(grain);
        activation.RequireTurn();
        return activation;
    }

    public void RequireTurn()
    {
        if (!IsCurrent)
            throw new InvalidOperationException($"Grain {id} was used outside its turn. Use a reference taken inside, or an injected IGrainFactory.");
    }

    /// <summary>Queues a request, unless the activation is gone. Any thread.</summary>
    public bool TryReceive(Request request)
    {
        lock (Gate)
        {
            if (!closed)
                EnqueueLocked(request);
            return !closed;
        }
    }

    /// <summary>Has requests ready before anybody knows of the activation; <see cref="Start"/> runs them. In between it becomes known, and later requests queue behind them.</summary>
    public void Seed(IEnumerable<Request> requests)
    {
        foreach (var request in requests)
            SeedLocked(request);
    }

    public void Start()
    {
        lock (Gate)
            ScheduleLocked();
    }

    /// <summary>Runs something in a turn, between other pieces of work. Any thread.</summary>
    public void Run(Action action) => Enqueue(action);

    /// <summary>Any thread.</summary>
    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref deactivation, new(deactivationReason), null) is null)
            Enqueue(Settle);
    }

    public void DelayDeactivation(TimeSpan time) => keepUntil =
        time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue ? TimeSpan.MaxValue
        : time <= TimeSpan.Zero ? TimeSpan.Zero
        : catalog.Uptime + time;

    public IGrainTimer RegisterTimer<T>(Func<T, CancellationToken, Task> callback, T state, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer<T>(this, callback, state, options);
        if (deactivation is null || status < Status.Deactivating)
            (timers ??= []).Add(timer);
        else
            timer.Dispose();
        return timer;
    }

    public void Forget(GrainTimer timer) => timers?.Remove(timer);

    /// <summary>Has the state read before the grain activates.</summary>
    public void Adopt(IStorage state) => life.Adopt(state);

    /// <summary>Deactivates if unused for so many quanta. Any thread; decides in a turn.</summary>
    public void CollectIfUnused(int quanta)
    {
        if (IsUnused())
            Run(() =>
            {
                if (status == Status.Active && gate.IsIdle && gate.WaitingCount == 0 && IsUnused())
                    Deactivate(new(DeactivationReasonCode.ActivationIdle, "Idle."));
            });

        bool IsUnused() => catalog.Quantum - lastUsed > quanta && keepUntil <= catalog.Uptime;
    }

    /// <summary>Ends the activation without ceremony: its silo is gone. Any thread.</summary>
    public void Abort(Exception exception) => Run(() =>
    {
        Close(exception);
        foreach (var request in gate.Running)
            request.Fail(exception, this);
    });

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => $"[Activation {id} {status}]";

    protected override void EnterTurn() => TurnContext.Exchange(this);

    protected override void LeaveTurn() => TurnContext.Exchange(null);

    protected override void Execute(object work)
    {
        try
        {
            if (work is Request request)
                Receive(request);
            else if (work is Action action)
                action();
            else
                Continue();
        }
        catch (Exception exception)
        {
            LogTurnFailed(catalog.Logger, id, exception);
        }
    }

    private void Receive(Request request)
    {
        if (request.KeepsAlive)
            lastUsed = catalog.Quantum;
        switch (status)
        {
            case Status.New:
                gate.Wait(request);
                status = Status.Activating;
                var before = ExecutionContext.Capture()!;
                RequestContext.Current = request.Context;
                _ = ActivateAsync();
                ExecutionContext.Restore(before);
                break;
            case Status.Active when deactivation is null && gate.Admits(request):
                Begin(request);
                Continue();
                break;
            default:
                gate.Wait(request);
                if (deactivation is not null && status == Status.Active)
                    LosePatience();
                break;
        }
    }

    private void Begin(Request request)
    {
        if (request.IsAbandoned)
        {
            request.Fail(new OperationCanceledException(), this);
            return;
        }
        var before = ExecutionContext.Capture()!;
        Task result;
        try
        {
            if (!ReferenceEquals(RequestContext.Current, request.Context))
                RequestContext.Current = request.Context;
            result = request.Invoke(this);
        }
        catch (Exception exception)
        {
            ExecutionContext.Restore(before);
            EndIfStateIsStale(exception);
            request.Fail(exception, this);
            return;
        }
        ExecutionContext.Restore(before);
        if (result.IsCompleted)
        {
            Complete(request, result);
            return;
        }
        gate.Begin(request);
        result.ContinueWith(
            static (result, request) => ((Activation)Current).Ended((Request)request!, result),
            request,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            this);
    }

    // May run in the middle of another request (one that completed what this one awaited), so nothing is begun here.
    private void Ended(Request request, Task result)
    {
        gate.End(request);
        if (request.KeepsAlive)
            lastUsed = catalog.Quantum;
        Complete(request, result);
        if (gate.WaitingCount > 0 || deactivation is not null)
            Enqueue(Settle);
    }

    private void Complete(Request request, Task result)
    {
        if (result.IsFaulted)
            EndIfStateIsStale(result.Exception!.InnerException!);
        request.Complete(result, this);
    }

    private void EndIfStateIsStale(Exception exception)
    {
        if (exception is not InconsistentStateException { IsSourceActivation: true } stale)
            return;
        stale.IsSourceActivation = false;
        Deactivate(new(DeactivationReasonCode.ApplicationError, stale, "The grain's state is stale."));
    }

    /// <summary>Begins what may begin now, and the end when it is due.</summary>
    private void Continue()
    {
        while (status == Status.Active && deactivation is null && gate.TryNext(out var request))
            Begin(request);
        if (status != Status.Active || deactivation is null)
            return;
        if (gate.IsIdle)
        {
            status = Status.Deactivating;
            _ = DeactivateAsync(deactivation.Reason);
        }
        else if (gate.WaitingCount > 0)
        {
            LosePatience();
        }
    }

    // Requests that run on for ever must not keep those away that wait for the next activation.
    private void LosePatience() => patience ??= catalog.Clock.CreateTimer(
        static activation => ((Activation)activation!).Run(() => ((Activation)activation).CloseImpatiently()),
        this,
        catalog.Options.DeactivationTimeout,
        Timeout.InfiniteTimeSpan);

    private void CloseImpatiently()
    {
        if (status == Status.Gone)
            return;
        LogStuck(catalog.Logger, id);
        Close(null);
    }

    private async Task ActivateAsync()
    {
        try
        {
            await life.ActivateAsync(this);
        }
        catch (Exception exception)
        {
            LogActivationFailed(catalog.Logger, id, exception);
            await ReleaseAsync();
            Close(exception);
            return;
        }
        if (status == Status.Gone)
        {
            // Aborted meanwhile.
            await ReleaseAsync();
            return;
        }
        status = Status.Active;
        // The first request runs even if the grain has already asked to be deactivated; another activation would only ask again.
        if (gate.TryNext(out var first))
            Begin(first);
        Continue();
    }

    private async Task DeactivateAsync(DeactivationReason reason)
    {
        EndTimers();
        try
        {
            await life.DeactivateAsync(reason);
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(catalog.Logger, id, exception);
        }
        await ReleaseAsync();
        Close(null);
    }

    private async ValueTask ReleaseAsync()
    {
        try
        {
            await life.ReleaseAsync();
        }
        catch (Exception exception)
        {
            LogDisposalFailed(catalog.Logger, id, exception);
        }
    }

    /// <summary>Leaves the directory. What waited fails with the given exception, or else goes to the next activation, ahead of whatever comes now.</summary>
    private void Close(Exception? failure)
    {
        List<Request> left;
        lock (Gate)
        {
            if (closed)
                return;
            closed = true;
            status = Status.Gone;
            left = [.. gate.TakeWaiting(), .. TakeLocked<Request>() ?? []];
            if (catalog.Replace(this, failure is null ? [.. left.OfType<Call>()] : []) && failure is null)
                left.RemoveAll(request => request is Call);
        }
        patience?.Dispose();
        EndTimers();
        foreach (var request in left)
            request.Fail(failure ?? new SiloUnavailableException($"The silo of {id} is stopping."), null);
        deactivated?.TrySetResult();
    }

    private void EndTimers()
    {
        foreach (var timer in timers?.ToArray() ?? [])
            timer.Dispose();
    }

    private sealed record DeactivationCause(DeactivationReason Reason);
}
