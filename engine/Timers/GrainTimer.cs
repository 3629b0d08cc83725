using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Timers;

/// <summary>A timer whose ticks are requests of its grain; the next tick is counted from the end of the last.</summary>
internal abstract partial class GrainTimer : Request, IGrainTimer
{
    private readonly Activation activation;
    private readonly GrainTimerCreationOptions options;
    private readonly CancellationTokenSource ended = new();
    private readonly ITimer timer;
    private TimeSpan period;
    private TimeSpan? changedDue;
    private int ticking;

    protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, nameof(options.DueTime));
        Validate(options.Period, nameof(options.Period));
        this.activation = activation;
        this.options = options;
        period = options.Period;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            timer = activation.TimerClock.CreateTimer(static timer => ((GrainTimer)timer!).Tick(), this, options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public override bool AlwaysInterleaves => options.Interleave;

    public override bool KeepsAlive => options.KeepAlive;

    public override bool IsAbandoned => ended.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        this.period = period;
        if (Volatile.Read(ref ticking) == 1)
            changedDue = dueTime;
        else
            timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        timer.Dispose();
        activation.Forget(this);
        ended.Cancel();
    }

    public override Task Invoke(Activation activation) => Call(ended.Token);

    public override void Complete(Task result, Activation activation)
    {
        if (result.IsFaulted)
            LogFailed(activation.Runtime.Logger, activation.GrainId, result.Exception!.InnerException!);
        Rearm();
    }

    public override void Fail(Exception exception, Activation? activation)
    {
        if (ended.IsCancellationRequested || activation is null)
            return;
        LogFailed(activation.Runtime.Logger, activation.GrainId, exception);
        Rearm();
    }

    protected abstract Task Call(CancellationToken cancellation);

    private static void Validate(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, time, "Must be zero, positive or infinite.");
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref ticking, 1) == 0)
            activation.TryReceive(this);
    }

    private void Rearm()
    {
        Volatile.Write(ref ticking, 0);
        var due = changedDue ?? period;
        changedDue = null;
        if (!ended.IsCancellationRequested && due != Timeout.InfiniteTimeSpan)
            timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}

internal sealed class GrainTimer<T>(Activation activation, Func<T, CancellationToken, Task> callback, T state, GrainTimerCreationOptions options) : GrainTimer(activation, options)
{
    protected override Task Call(CancellationToken cancellation) => callback(state, cancellation);
}
