using System.Collections.Immutable;
using System.Security.Cryptography;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores;

/// <summary>What logs on any store have in common.</summary>
internal static class LogEntries
{
    /// <exception cref="ArgumentException">They are not numbered <c>expectedHead + 1 ..</c>.</exception>
    public static void RequireNumbers(ImmutableArray<LogEntry> entries, long expectedHead)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Event.Seq != expectedHead + 1 + i) throw new ArgumentException($"Entry {i} has seq {entries[i].Event.Seq} after head {expectedHead}.", nameof(entries));
        }
    }

    public static string NewEpoch() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
