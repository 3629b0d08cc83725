namespace ToolRuntime.Limiting;

/// <summary>
/// How much of something is held at a time, over all processes that share the limit: in one process in memory, in a cluster in its
/// Redis. What a process holds that died, or is cut off, is given back a while later.
/// </summary>
public interface IUseLimits
{
    /// <summary>Whether other processes count too, so that there may be room again without a word.</summary>
    bool Shared { get; }

    /// <summary>Takes as many of <paramref name="wanted"/> as there is room for; the caller gives them back by <see cref="Remove"/>.</summary>
    /// <param name="name">What is counted.</param>
    /// <param name="wanted">How many more.</param>
    /// <param name="limit">How many there may be in all; 0 means no limit, and then this completes at once.</param>
    /// <returns>How many were taken.</returns>
    /// <exception cref="SessionLog.SessionLogUnavailableException">It can't be told just now, so none were taken.</exception>
    ValueTask<int> AddAsync(string name, int wanted, int limit);

    /// <summary>Takes some whatever the limit.</summary>
    void Add(string name, int count);

    /// <summary>Gives some back. Never fails; others learn of it soon.</summary>
    void Remove(string name, int count);

    /// <summary>How many there are in all, as far as this process knows: for sure what it holds itself, of others what it last learnt.</summary>
    int Count(string name);

    /// <summary>
    /// Has <see cref="Count"/> know of others what was so a moment ago: a second, or less where the limit seems to be reached.
    /// </summary>
    /// <exception cref="SessionLog.SessionLogUnavailableException">It can't be told just now.</exception>
    ValueTask LookAsync(string name, int limit);
}
