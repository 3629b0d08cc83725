using System.Buffers;

namespace ToolRuntime;

/// <summary>
/// Names of sessions that are made for one job: <c>job_</c> and 32 hexadecimal digits. They are deleted once they have been idle for a day.
/// </summary>
public static class JobSessions
{
    /// <summary>What they begin with.</summary>
    public const string Prefix = "job_";

    private const int Digits = 32;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a session's id is one of a job's.</summary>
    public static bool IsJob(string session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Length == Prefix.Length + Digits && session.StartsWith(Prefix, StringComparison.Ordinal)
            && !session.AsSpan(Prefix.Length).ContainsAnyExcept(Hex);
    }
}
