using System.Text;

namespace ToolRuntime.Gateway.Tests.Live;

/// <summary>A message of ALiS as a player reads it.</summary>
internal sealed record AlisMessage(char Type, long Id, long Time, string Text, int Columns, int Rows, long Status)
{
    public const char Magic = 'A', Begin = '\x01', End = '\x04';

    public static AlisMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.SequenceEqual("ALiS\x01"u8)) return new(Magic, 0, 0, "", 0, 0, 0);
        var (type, at) = ((char)bytes[0], 1);
        var id = type == End ? 0 : Number(bytes, ref at);
        var time = Number(bytes, ref at);
        var (columns, rows) = type is Begin or 'r' ? ((int)Number(bytes, ref at), (int)Number(bytes, ref at)) : (0, 0);
        if (type == Begin) Assert.Equal(0, bytes[at++]);
        var text = type is Begin or 'o' ? TextAt(bytes, ref at) : "";
        var status = type == 'x' ? Number(bytes, ref at) : 0;
        return new(type, id, time, text, columns, rows, status);
    }

    private static string TextAt(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = (int)Number(bytes, ref at);
        Assert.Equal(bytes.Length, at + length);
        return Encoding.UTF8.GetString(bytes[at..]);
    }

    private static long Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        var (number, shift) = (0L, 0);
        byte part;
        do
        {
            part = bytes[at++];
            number |= (long)(part & 0x7F) << shift;
            shift += 7;
        }
        while (part >= 0x80);
        return number;
    }
}
