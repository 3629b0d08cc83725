using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>What a log keeps about one message.</summary>
/// <param name="Id">The message.</param>
/// <param name="Entries">Its entries in order of seq, the first of them its creation. Deltas are left out where a later entry has the whole
/// text.</param>
/// <param name="Batches">The batches that it started, in order.</param>
public sealed record MessageEntries(string Id, ImmutableArray<LogEntry> Entries, ImmutableArray<string> Batches);

/// <summary>A page of a session's messages, oldest first.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Messages">The messages.</param>
/// <param name="More">Whether older ones are kept.</param>
/// <param name="Trimmed">Whether the log's beginning is gone, so that there may have been older ones still.</param>
public sealed record MessagePage(string Epoch, ImmutableArray<MessageEntries> Messages, bool More, bool Trimmed);

/// <summary>Which entries tell of messages.</summary>
public static class MessageEntryTypes
{
    /// <summary>Creates a user's message.</summary>
    public const string Created = "message.created";

    /// <summary>The first of a reply, which has no <c>from</c>, creates it.</summary>
    public const string State = "conversation.state";

    /// <summary>More of a reply's text.</summary>
    public const string Delta = "message.delta";

    /// <summary>Follows on the state <c>paused_for_tools</c> of the reply that the batch belongs to; its target is the batch.</summary>
    public const string BatchStarted = "batch.started";

    /// <summary>What was before it is gone.</summary>
    public const string Reset = "session.reset";

    private static readonly HashSet<string> Types = [Created, State, Delta, "message.started", "message.completed", "message.failed", "message.edited", "message.deleted"];

    /// <summary>All of them, but resets and batches.</summary>
    public static IReadOnlyCollection<string> All => Types;

    /// <summary>Whether an entry is about the message that is its target.</summary>
    public static bool IsAbout(string type) => Types.Contains(type);

    /// <summary>
    /// Whether an entry creates its message. Inside a JSON string the quotes would be escaped, so the bytes can't mislead.
    /// </summary>
    public static bool Creates(string type, ReadOnlySpan<byte> json) =>
        type == Created || (type == State && json.IndexOf("\"from\":"u8) < 0);

    /// <summary>Whether the entry after this one may be the batch that the reply waits for.</summary>
    public static bool Pauses(string type, ReadOnlySpan<byte> json) => type == State && json.IndexOf("\"to\":\"paused_for_tools\""u8) >= 0;

    /// <summary>Whether an entry holds the message's whole text, so that what came before it does not matter.</summary>
    public static bool HasWholeText(string type) => type is "message.completed" or "message.edited" or "message.deleted";
}
