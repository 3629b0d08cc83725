using System.Buffers.Text;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>Where one of Redis' answers ends, and whether it is something published.</summary>
internal static class RespFrame
{
    /// <summary>The length of the first answer; 0 while it is not all there.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var line = bytes.IndexOf((byte)'\n') + 1;
        if (line == 0) return 0;
        return bytes[0] switch
        {
            (byte)'$' or (byte)'=' or (byte)'!' => Bulk(bytes, line),
            (byte)'*' or (byte)'>' or (byte)'~' => Children(bytes, line, Number(bytes)),
            (byte)'%' or (byte)'|' => Children(bytes, line, Number(bytes) * 2),
            _ => line,
        };
    }

    /// <summary>Whether it brings an item of a channel.</summary>
    public static bool IsPublished(ReadOnlySpan<byte> frame) =>
        frame.Length > 4 && frame[0] is (byte)'*' or (byte)'>' && (frame[4..].StartsWith("$7\r\nmessage\r\n"u8) || frame[4..].StartsWith("$8\r\nsmessage\r\n"u8));

    private static int Bulk(ReadOnlySpan<byte> bytes, int line)
    {
        var length = Number(bytes);
        if (length < 0) return line;
        var end = line + (int)length + 2;
        return bytes.Length >= end ? end : 0;
    }

    private static int Children(ReadOnlySpan<byte> bytes, int at, long count)
    {
        for (; count > 0; count--)
        {
            var length = LengthOf(bytes[at..]);
            if (length == 0) return 0;
            at += length;
        }

        return at;
    }

    private static long Number(ReadOnlySpan<byte> bytes) => Utf8Parser.TryParse(bytes[1..], out long number, out _) ? number : -1;
}
