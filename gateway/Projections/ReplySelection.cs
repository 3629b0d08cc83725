using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Chooses a reply's events from its session's: its own, its batches' and their executions', up to its first end. Given them in order.</summary>
internal sealed class ReplySelection(string replyId)
{
    private readonly HashSet<string> targets = new(StringComparer.Ordinal) { replyId };

    /// <summary>Whether nothing more comes.</summary>
    public bool Ended { get; private set; }

    /// <summary>The event, if it is one of them.</summary>
    public SessionEvent? Take(EncodedEvent encoded)
    {
        if (Ended) return null;
        if (encoded.Type == "session.reset") Ended = true;
        if (encoded.Target is not { } target || (encoded.Type != "batch.started" && !targets.Contains(target))) return null;
        if (JsonSerializer.Deserialize(encoded.Json.Span, WireJsonContext.Default.SessionEvent) is not { } happened) return null;
        if (happened is BatchStarted batch)
        {
            if (batch.MessageId != replyId) return null;
            targets.Add(target);
            foreach (var tool in batch.Tools) targets.Add(tool.ExecutionId);
        }

        Ended |= happened is MessageDeleted or ConversationStateChanged { To: MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled };
        return happened;
    }
}
