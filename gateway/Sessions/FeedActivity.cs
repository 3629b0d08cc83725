using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>What a feed reads from the types of events: whether silence is worth asking about soon, and what is not to be kept.</summary>
internal static class FeedActivity
{
    private const int ChecksBeforeIdle = 12;

    /// <summary>Work is open unless the last event ended it; a session that has only been silent is taken for idle after a while.</summary>
    public static bool IsBusy(EncodedEvent? last, int quietChecks) => last?.Type switch
    {
        null => quietChecks < ChecksBeforeIdle,
        "batch.completed" or "batch.failed" or "batch.timeout" or "batch.cancelled" => false,
        "session.configured" or "session.shared" or "session.renamed" or "session.reset" or "message.edited" or "message.deleted" => false,
        "conversation.state" => !IsFinal(last.Json.Span),
        _ => true,
    };

    /// <summary>Whether the event takes the text of earlier ones away.</summary>
    public static bool Erases(EncodedEvent happened) => happened.Type is "message.deleted" or "session.reset";

    private static bool IsFinal(ReadOnlySpan<byte> json) =>
        json.IndexOf("\"to\":\"completed\""u8) >= 0 || json.IndexOf("\"to\":\"error\""u8) >= 0 || json.IndexOf("\"to\":\"cancelled\""u8) >= 0;
}
