namespace ToolRuntime;

/// <summary>
/// The process's time: the wall clock's at its start, and from there on the monotonic clock's. So times that were written while the process lives differ by what really
/// went by, whatever somebody does to the wall clock. It goes by that again where nothing is due any more (<see cref="Follow"/>), and in the next process.
/// </summary>
/// <param name="wall">The wall clock, with its timers and its monotonic clock.</param>
public sealed class SteadyClock(TimeProvider wall) : TimeProvider
{
    private readonly Lock gate = new();
    private (DateTimeOffset Wall, long Timestamp) anchor = (wall.GetUtcNow(), wall.GetTimestamp());

    /// <summary>The wall clock: for what other machines have said, as when credentials end.</summary>
    public TimeProvider Wall => wall;

    /// <summary>How far the wall clock is ahead; negative where it is behind.</summary>
    public TimeSpan Ahead => wall.GetUtcNow() - GetUtcNow();

    public override TimeZoneInfo LocalTimeZone => wall.LocalTimeZone;

    public override long TimestampFrequency => wall.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return anchor.Wall + wall.GetElapsedTime(anchor.Timestamp);
    }

    public override long GetTimestamp() => wall.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => wall.CreateTimer(callback, state, dueTime, period);

    /// <summary>Goes by the wall clock as it is now. Times from before are off by as much.</summary>
    public void Follow()
    {
        lock (gate) anchor = (wall.GetUtcNow(), wall.GetTimestamp());
    }
}

/// <summary>Finds the wall clock of a process.</summary>
public static class WallClock
{
    /// <summary>The wall clock behind a steady one; another clock is its own.</summary>
    public static TimeProvider Wall(this TimeProvider time) => time is SteadyClock steady ? steady.Wall : time;
}
