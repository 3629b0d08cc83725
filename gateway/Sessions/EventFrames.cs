using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Puts <c>events</c> and <c>tool.events</c> frames together from bytes that were encoded once, at the session's grain.</summary>
internal static class EventFrames
{
    /// <summary>The part of a frame that never changes for a reader.</summary>
    public static byte[] Prefix(string session, string epoch, string? execution = null) => Encoding.UTF8.GetBytes(execution is null
        ? $"{{\"type\":\"events\",\"session\":\"{session}\",\"epoch\":\"{JsonEncodedText.Encode(epoch)}\",\"after\":"
        : $"{{\"type\":\"tool.events\",\"session\":\"{session}\",\"executionId\":\"{execution}\",\"epoch\":\"{JsonEncodedText.Encode(epoch)}\",\"after\":");

    public static void Write(FrameBuffer buffer, ReadOnlySpan<byte> prefix, ReaderFrame frame)
    {
        buffer.Write(prefix);
        buffer.Write(frame.After);
        buffer.Write(",\"seq\":"u8);
        buffer.Write(frame.Seq);
        if (frame.Check is { } check)
        {
            buffer.Write(",\"check\":\""u8);
            buffer.Advance(Encoding.UTF8.GetBytes(check, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(check.Length))));
            buffer.Write("\""u8);
        }

        buffer.Write(",\"events\":["u8);
        for (var i = 0; i < frame.Events.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            buffer.Write(frame.Events[i].Json.Span);
        }

        buffer.Write("]}"u8);
    }
}
