using ToolRuntime.Jobs;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// Who waits, in order: each counts as having come <see cref="Aging"/> earlier (critical) or later (low) than it did. So a low one goes before every default one
/// that comes more than that time after it, and before every critical one that comes twice that after it: it waits longer, but never for ever. Not safe for threads.
/// </summary>
internal sealed class WaitingLine<T>(TimeSpan aging)
    where T : class
{
    private readonly SortedDictionary<(long Time, long Number), T> waiting = [];
    private long last;

    public TimeSpan Aging => aging;

    public int Count => waiting.Count;

    /// <summary>Those who wait, the first first.</summary>
    public IEnumerable<T> All => waiting.Values;

    public void Add(T one, JobPriority priority, DateTimeOffset now) => waiting.Add((Due(priority, now), ++last), one);

    public T? First()
    {
        foreach (var one in waiting.Values) return one;
        return null;
    }

    public T? Take()
    {
        foreach (var (place, one) in waiting)
        {
            waiting.Remove(place);
            return one;
        }

        return null;
    }

    private long Due(JobPriority priority, DateTimeOffset now) => now.UtcTicks + (priority switch
    {
        JobPriority.Critical => -aging.Ticks,
        JobPriority.Low => aging.Ticks,
        _ => 0,
    });
}
