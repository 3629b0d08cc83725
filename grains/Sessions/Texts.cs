using System.Text;

namespace ToolRuntime.Sessions;

/// <summary>What texts take as JSON, and what of them fits.</summary>
internal static class Texts
{
    /// <summary>The text's bytes in JSON, escapes included.</summary>
    public static int JsonBytes(string text)
    {
        using var scratch = JsonScratch.Take();
        scratch.Writer.WriteStringValue(text);
        return scratch.Written.Length - 2;
    }

    /// <summary>The end of a text that takes at most so many bytes in JSON, whole characters, and the bytes of UTF-8 before it.</summary>
    public static (string Text, int Before) End(string text, int room)
    {
        if (text.Length <= room && JsonBytes(text) <= room) return (text, 0);
        var units = Math.Min(text.Length, Math.Max(room, 0));
        var end = Last(text, units);
        for (var size = JsonBytes(end); size > room; size = JsonBytes(end))
        {
            units = (int)Math.Min(units - 1, (long)units * room / size);
            end = Last(text, units);
        }

        return (end, Encoding.UTF8.GetByteCount(text.AsSpan(0, text.Length - end.Length)));
    }

    private static string Last(string text, int units)
    {
        var start = text.Length - Math.Max(units, 0);
        return start > 0 && start < text.Length && char.IsLowSurrogate(text[start]) ? text[(start + 1)..] : text[start..];
    }
}
