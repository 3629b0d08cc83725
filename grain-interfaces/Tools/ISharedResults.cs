namespace ToolRuntime.Tools;

/// <summary>
/// Results of cacheable tools that all silos of a cluster share, the second level behind the memory of each. What it can't do is a miss;
/// it never fails a call.
/// </summary>
public interface ISharedResults
{
    /// <summary>A result that is fresh; null where there is none, or it can't be told.</summary>
    /// <param name="key">The call: tenant, tool and arguments, <c>{tenant}/tool:{name}:{hash}</c>.</param>
    Task<SharedResult?> FindAsync(string key);

    /// <summary>Keeps a successful result, if there is room. Completes when it is kept, or is not.</summary>
    /// <param name="key">The call.</param>
    /// <param name="producer">The session whose call it was: it goes with what that session erases.</param>
    /// <param name="result">The result, without secrets.</param>
    /// <param name="lifetime">How long it may be reused.</param>
    Task KeepAsync(string key, SessionKey producer, ToolResult result, TimeSpan lifetime);

    /// <summary>Removes all results of a session's calls, for good.</summary>
    /// <exception cref="SessionLog.SessionLogUnavailableException">It could not be done now.</exception>
    Task ForgetAsync(SessionKey producer);
}

/// <summary>A result, and how old it is.</summary>
public sealed record SharedResult(ToolResult Result, TimeSpan Age);
