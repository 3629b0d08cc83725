namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>The world's time, for one node: what its timers do happens on its thread pool, and not while it hangs.</summary>
internal sealed class VirtualClock(World world, Lane lane) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.Now;

    public override long GetTimestamp() => world.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(world, lane, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer of the virtual clock.</summary>
internal sealed class VirtualTimer(World world, Lane lane, Action act) : ITimer
{
    private Appointment? next;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        next?.Cancel();
        next = null;
        if (dueTime != Timeout.InfiniteTimeSpan) Set(dueTime, period);
        return true;
    }

    public void Dispose() => next?.Cancel();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Set(TimeSpan due, TimeSpan period)
    {
        Appointment? mine = null;
        next = mine = world.At(due, lane, () =>
        {
            // Cancelled after it was due, and before its step.
            if (mine!.Cancelled) return;
            if (period > TimeSpan.Zero) Set(period, period);
            act();
        });
    }
}
