using System.Text;

namespace ToolRuntime.Search;

/// <summary>Output as one reads it: without what terminals make colours, titles and cursor movements of.</summary>
public static class PlainText
{
    private const char Escape = '\u001b';
    private const char Bell = '\u0007';

    /// <summary>The text that is left; half a character becomes a replacement.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny(Escape, '\r', '\0')) return Whole(text);
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape) i = EndOf(text, i);
            else if (text[i] == '\0' || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')) continue;
            else plain.Append(text[i] == '\r' ? ' ' : text[i]);
        }

        return Whole(plain.ToString());
    }

    /// <summary>Half a character is none that a database takes.</summary>
    private static string Whole(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')) return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) whole.Append(rune);
        return whole.ToString();
    }

    /// <summary>The last character of the sequence that begins at <paramref name="at"/>.</summary>
    private static int EndOf(string text, int at)
    {
        if (at + 1 == text.Length) return at;
        switch (text[at + 1])
        {
            case '[':
                for (var i = at + 2; i < text.Length; i++)
                {
                    if (text[i] is >= '@' and <= '~') return i;
                }

                return text.Length - 1;
            case ']' or 'P' or '_' or '^':
                for (var i = at + 2; i < text.Length; i++)
                {
                    if (text[i] == Bell || (text[i] == '\\' && text[i - 1] == Escape)) return i;
                    if (text[i] == '\n') return i - 1; // one that never ended
                }

                return text.Length - 1;
            case '(' or ')' or '#':
                return EndOfCharacter(text, Math.Min(at + 2, text.Length - 1));
            default:
                return EndOfCharacter(text, at + 1);
        }
    }

    private static int EndOfCharacter(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? at + 1 : at;
}
