namespace ToolRuntime.Limiting;

/// <summary>
/// How often something may happen, over all processes that share the limit: in one process in memory, in a cluster in its Redis.
/// </summary>
public interface IRateLimits
{
    /// <summary>Counts one more.</summary>
    /// <param name="name">What is counted.</param>
    /// <param name="perSecond">How often in the long run, above 0.</param>
    /// <param name="burst">Of those, how many at once; less than 1 counts as 1.</param>
    /// <returns>Null if it may happen; else in how long one more may.</returns>
    /// <exception cref="SessionLog.SessionLogUnavailableException">It can't be told just now, so it may not.</exception>
    ValueTask<TimeSpan?> TakeAsync(string name, double perSecond, int burst);
}
