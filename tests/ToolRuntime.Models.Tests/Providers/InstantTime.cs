namespace ToolRuntime.Models.Tests.Providers;

/// <summary>A clock on which every wait shorter than <see cref="Longest"/> is over at once, and is written down. Longer ones, which guard against silence, never end.</summary>
internal sealed class InstantTime : TimeProvider
{
    private readonly List<TimeSpan> waits = [];
    private DateTimeOffset now = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    public TimeSpan Longest { get; set; } = TimeSpan.FromMinutes(2);

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (waits) return [.. waits];
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (waits) return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero && dueTime <= Longest)
        {
            lock (waits)
            {
                waits.Add(dueTime);
                now += dueTime;
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Unset();
    }

    private sealed class Unset : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
