namespace ToolRuntime.Silo;

/// <summary>
/// The clock of membership in a silo without peers. Orleans samples the thread pool ten times a second, so that a probe that failed while this process stood still
/// is not held against another silo; it wakes two threads each time, the largest part of what an idle server costs. Here nobody is probed, so those samples are left out.
/// </summary>
internal sealed class NoPeersTimeProvider(TimeProvider inner) : TimeProvider
{
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(100);

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        period == Sampling
            ? inner.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
            : inner.CreateTimer(callback, state, dueTime, period);
}
