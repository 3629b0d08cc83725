using System.Text;
using System.Text.Unicode;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>
/// Names, which are any bytes but NUL and the slash, as texts: what is UTF-8 as it is, anything else as a NUL and a character a byte.
/// Different names stay different.
/// </summary>
internal static class EntryName
{
    public static string ToText(ReadOnlySpan<byte> name) =>
        Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : "\0" + Encoding.Latin1.GetString(name);

    /// <summary>The bytes, with a NUL at the end.</summary>
    public static byte[] ToBytes(string text) =>
        [.. text.StartsWith('\0') ? Encoding.Latin1.GetBytes(text[1..]) : Encoding.UTF8.GetBytes(text), 0];

    /// <summary>Whether a path leads to something in the folder that it is relative to, by its text.</summary>
    public static bool IsInside(string path)
    {
        var bytes = ToBytes(path).AsSpan()[..^1];
        if (bytes.IsEmpty || bytes.Contains((byte)0)) return false;
        foreach (var part in bytes.Split((byte)'/'))
        {
            if (bytes[part] is [] or [(byte)'.'] or [(byte)'.', (byte)'.']) return false;
        }

        return true;
    }
}
