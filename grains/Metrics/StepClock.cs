namespace ToolRuntime.Metrics;

/// <summary>
/// Has a sample taken where each step ends, once: a timer that comes late is followed by the next at once, and what came between belongs to the step after.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="stepSeconds">How long a step is.</param>
/// <param name="sample">Takes it: told the step's number, seconds since 1970 by its length, and the seconds since the sample before.</param>
internal sealed class StepClock(TimeProvider time, int stepSeconds, Action<long, double> sample) : IDisposable
{
    private readonly TimeProvider time = time.Wall();
    private readonly Lock sampling = new();
    private ITimer? timer;
    private long sampledAt;
    private long sampled = -1;

    /// <summary>Begins.</summary>
    public void Start()
    {
        sampledAt = time.GetTimestamp();
        timer = time.CreateTimer(_ => Tick(), null, Next(), TimeSpan.FromSeconds(stepSeconds));
    }

    /// <summary>Ends the step, unless that was done.</summary>
    public void Tick()
    {
        lock (sampling)
        {
            var number = StepThatEnded();
            if (number == sampled) return;
            sampled = number;
            var now = time.GetTimestamp();
            var seconds = Math.Max(0.001, time.GetElapsedTime(sampledAt, now).TotalSeconds);
            sampledAt = now;
            sample(number, seconds);
        }
    }

    public void Dispose() => timer?.Dispose();

    /// <summary>The number of the step that has ended; a timer may come early by a twentieth of a step, by what clocks differ.</summary>
    private long StepThatEnded() => ((time.GetUtcNow().ToUnixTimeMilliseconds() + (stepSeconds * 50L)) / (stepSeconds * 1_000L)) - 1;

    /// <summary>Samples are taken where steps end.</summary>
    private TimeSpan Next()
    {
        var length = TimeSpan.FromSeconds(stepSeconds).Ticks;
        return TimeSpan.FromTicks(length - (time.GetUtcNow().Ticks % length));
    }
}
