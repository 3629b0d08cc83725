using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>Answers that hold as soon as something is durable.</summary>
internal static class CommittedAnswer
{
    /// <summary>The value after the commit, or why that failed.</summary>
    public static async Task<SessionReply<T>> Answer<T>(Task committed, T value)
    {
        try
        {
            await committed;
            return new(value, null);
        }
        catch (SessionLogUnavailableException unavailable)
        {
            return new(default, unavailable.ToRejection());
        }
    }
}
