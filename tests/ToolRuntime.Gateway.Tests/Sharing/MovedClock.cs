namespace ToolRuntime.Gateway.Tests.Sharing;

/// <summary>The system's clock, moved on at will. Timers keep their own time.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long moved;

    public void Advance(TimeSpan by) => Interlocked.Add(ref moved, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref moved));
}
