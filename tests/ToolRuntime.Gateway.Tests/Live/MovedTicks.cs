namespace ToolRuntime.Gateway.Tests.Live;

/// <summary>Measured time that only passes when the test says so.</summary>
internal sealed class MovedTicks : TimeProvider
{
    private long ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);
}
