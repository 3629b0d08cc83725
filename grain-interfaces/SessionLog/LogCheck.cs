namespace ToolRuntime.SessionLog;

/// <summary>
/// What entries of an append carry so that a cursor can prove itself: random, so that a log which went back in time and was continued
/// has another one at the same seq. Eight characters of <c>[0-9a-f]</c>; nothing about it is secret.
/// </summary>
public static class LogCheck
{
    private const int Length = 8;

    /// <summary>One for the entries that are decided together.</summary>
    public static string New() => Random.Shared.GetHexString(Length, lowercase: true);
}
