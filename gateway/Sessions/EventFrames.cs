using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Puts <c>events</c> frames together from bytes that were encoded once, at the session's grain.</summary>
internal static class EventFrames
{
    /// <summary>The part of a frame that never changes for a reader.</summary>
    public static byte[] Prefix(string session, string epoch) =>
        Encoding.UTF8.GetBytes($"{{\"type\":\"events\",\"session\":\"{session}\",\"epoch\":\"{JsonEncodedText.Encode(epoch)}\",\"after\":");

    public static void Write(FrameBuffer buffer, ReadOnlySpan<byte> prefix, long after, long seq, List<EncodedEvent> events)
    {
        buffer.Write(prefix);
        buffer.Write(after);
        buffer.Write(",\"seq\":"u8);
        buffer.Write(seq);
        buffer.Write(",\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            buffer.Write(events[i].Json.Span);
        }

        buffer.Write("]}"u8);
    }
}
