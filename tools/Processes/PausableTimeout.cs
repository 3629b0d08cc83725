namespace ToolRuntime.Tools.Processes;

/// <summary>A time-out that stands still while the attempt is paused.</summary>
internal sealed class PausableTimeout : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly CancellationTokenSource source;
    private readonly ITimer timer;
    private readonly IDisposable? suspension;
    private readonly TimeSpan whole;
    private TimeSpan left;
    private long runningSince;
    private bool suspended;
    private bool disarmed;

    /// <param name="timeout">Null never ends by itself.</param>
    public PausableTimeout(TimeSpan? timeout, IToolContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.time, whole, runningSince) = (time, timeout ?? TimeSpan.Zero, time.GetTimestamp());
        left = whole;
        suspended = timeout is null;
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer = time.CreateTimer(_ => Fire(), null, timeout ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        suspension = timeout is null ? null : context.OnSuspend(Suspend);
    }

    /// <summary>Cancelled when the time is up or the attempt's token is.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether the time is up.</summary>
    public bool Elapsed { get; private set; }

    /// <summary>Begins the time anew, unless it is up.</summary>
    public void Restart()
    {
        lock (gate)
        {
            (left, runningSince) = (whole, time.GetTimestamp());
            if (!suspended && !Elapsed) timer.Change(left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The time does not count any more.</summary>
    public void Disarm()
    {
        lock (gate)
        {
            (disarmed, suspended) = (true, true);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        suspension?.Dispose();
        timer.Dispose();
        lock (gate) suspended = true;
        source.Dispose();
    }

    private void Suspend(bool suspend)
    {
        lock (gate)
        {
            if (disarmed || suspend == suspended) return;
            suspended = suspend;
            if (suspend) left -= time.GetElapsedTime(runningSince);
            else runningSince = time.GetTimestamp();
            timer.Change(suspend ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        lock (gate)
        {
            if (suspended) return;
            Elapsed = true;
            _ = source.CancelAsync();
        }
    }
}
