using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ToolRuntime.Search;

/// <summary>Which sessions have events that are not in the index yet, and since when.</summary>
internal sealed class SearchNews : IDisposable
{
    private readonly ConcurrentDictionary<SessionKey, DateTimeOffset> waiting = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly TimeProvider time;
    private Dictionary<SessionKey, DateTimeOffset> working = [];

    public SearchNews(TimeProvider time, IMeterFactory meters)
    {
        this.time = time;
        var meter = meters.Create("ToolRuntime");
        meter.CreateObservableGauge("toolruntime_search_lag", () => Lag.TotalSeconds, "s", "Age of the oldest event that can't be found yet.");
        meter.CreateObservableUpDownCounter("toolruntime_search_waiting", () => waiting.Count, description: "Sessions with events that can't be found yet.");
    }

    /// <summary>How old the oldest event is that is not in the index.</summary>
    public TimeSpan Lag
    {
        get
        {
            var oldest = DateTimeOffset.MaxValue;
            foreach (var (_, since) in waiting.Concat(working)) oldest = since < oldest ? since : oldest;
            var now = time.GetUtcNow();
            return oldest < now ? now - oldest : TimeSpan.Zero;
        }
    }

    /// <summary>Something was appended to a session's log.</summary>
    public void Tell(SessionKey session)
    {
        if (!waiting.TryAdd(session, time.GetUtcNow()) || signal.CurrentCount > 0) return;
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has told at the same moment.
        }
    }

    /// <summary>Waits until something waits, or the time is over; false: nothing does.</summary>
    public bool Wait(TimeSpan most, CancellationToken cancellationToken) => signal.Wait(most, cancellationToken) || !waiting.IsEmpty;

    /// <summary>Takes the sessions that wait, at most so many; they count as late until the next ones are taken.</summary>
    public IReadOnlyCollection<SessionKey> Take(int most)
    {
        var taken = new Dictionary<SessionKey, DateTimeOffset>();
        foreach (var (session, _) in waiting)
        {
            if (taken.Count == most) break;
            if (waiting.TryRemove(session, out var since)) taken[session] = since;
        }

        working = taken;
        return taken.Keys;
    }

    /// <summary>More of a session that was taken waits, as long as that has.</summary>
    public void PutBack(SessionKey session) => waiting.AddOrUpdate(session, _ => Since(session), (_, since) => Since(session) < since ? Since(session) : since);

    /// <summary>What was taken is in the index, or waits again.</summary>
    public void Done() => working = [];

    public void Dispose() => signal.Dispose();

    private DateTimeOffset Since(SessionKey session) => working.TryGetValue(session, out var since) ? since : time.GetUtcNow();
}
