using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Tells those who have a session open on this gateway who else has. One who is alone is not told.</summary>
internal static class Presence
{
    /// <summary>Somebody opened the session: all are told, or only the newcomer if his other connections were there already.</summary>
    public static void Came(SessionReader reader) => Tell(reader, there: true);

    /// <summary>Somebody closed it: the others are told unless he is still there with another connection.</summary>
    public static void Left(SessionReader reader) => Tell(reader, there: false);

    private static void Tell(SessionReader reader, bool there)
    {
        if (reader.Execution is not null || reader.Feed is not { } feed || reader.Owner.Subject is not { } subject) return;
        var readers = feed.Readers.RemoveAll(other => other.Execution is not null);
        string[] present = [.. readers.Select(other => other.Owner.Subject).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        if (Array.TrueForAll(present, name => name == subject)) return;
        var known = readers.Any(other => other != reader && other.Owner.Subject == subject);
        var signal = ServerFrames.Presence(reader.Key.Session, subject, present);
        foreach (var other in readers)
        {
            if (!known || (there && other == reader)) other.Owner.Signal(signal);
        }
    }
}
