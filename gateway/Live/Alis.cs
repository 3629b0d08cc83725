using System.Buffers;
using System.Text;

namespace ToolRuntime.Gateway.Live;

/// <summary>Messages of ALiS, version 1, asciinema's protocol of live streams (docs.asciinema.org/manual/server/streaming). Numbers are unsigned LEB128, times microseconds.</summary>
internal static class Alis
{
    public const string Protocol = "v1.alis";

    private const byte Init = 0x01, EndOfTransmission = 0x04, NoTheme = 0x00;

    /// <summary>What each connection begins with.</summary>
    public static ReadOnlyMemory<byte> Magic { get; } = "ALiS\x01"u8.ToArray();

    /// <summary>A picture to begin with, or to go on from.</summary>
    public static ReadOnlyMemory<byte> Begin(long id, long at, int columns, int rows, string text) => Write(message =>
    {
        message.Write([Init]);
        Number(message, id);
        Number(message, at);
        Number(message, columns);
        Number(message, rows);
        message.Write([NoTheme]);
        Text(message, text);
    });

    public static ReadOnlyMemory<byte> Output(long id, long waited, string text) => Event('o', id, waited, message => Text(message, text));

    public static ReadOnlyMemory<byte> Resize(long id, long waited, int columns, int rows) => Event('r', id, waited, message =>
    {
        Number(message, columns);
        Number(message, rows);
    });

    public static ReadOnlyMemory<byte> Exit(long id, long waited, int code) => Event('x', id, waited, message => Number(message, Math.Max(0, code)));

    /// <summary>The stream is at its end.</summary>
    public static ReadOnlyMemory<byte> End(long waited) => Write(message =>
    {
        message.Write([EndOfTransmission]);
        Number(message, waited);
    });

    private static ReadOnlyMemory<byte> Event(char code, long id, long waited, Action<IBufferWriter<byte>> data) => Write(message =>
    {
        message.Write([(byte)code]);
        Number(message, id);
        Number(message, waited);
        data(message);
    });

    private static ReadOnlyMemory<byte> Write(Action<IBufferWriter<byte>> fields)
    {
        var message = new ArrayBufferWriter<byte>(64);
        fields(message);
        return message.WrittenMemory;
    }

    private static void Text(IBufferWriter<byte> message, string text)
    {
        Number(message, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, message);
    }

    private static void Number(IBufferWriter<byte> message, long number)
    {
        for (var rest = (ulong)Math.Max(0, number); ; rest >>= 7)
        {
            var last = rest < 0x80;
            message.Write([(byte)((rest & 0x7F) | (last ? 0u : 0x80u))]);
            if (last) return;
        }
    }
}
