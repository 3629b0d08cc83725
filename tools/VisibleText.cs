using System.Buffers;
using System.Text;

namespace ToolRuntime.Tools;

/// <summary>
/// Text from outside as a person sees it: without control characters, characters that take no room, turns of the writing direction and tags, in which words for a model could hide.
/// Joiners and direction marks stay, since scripts need them.
/// </summary>
internal static class VisibleText
{
    private static readonly SearchValues<char> Unseen = SearchValues.Create(
        [
            .. Range(0x00, 0x08), '\v', .. Range(0x0E, 0x1F), .. Range(0x7F, 0x9F), '\u00AD', '\u200B', .. Range(0x202A, 0x202E), .. Range(0x2060, 0x2064), .. Range(0x2066, 0x2069), '\uFEFF',
            '\uDB40',
        ]);

    /// <summary>The text; the same instance where all of it is seen.</summary>
    public static string Of(string text)
    {
        var at = text.AsSpan().IndexOfAny(Unseen);
        if (at < 0) return text;
        var seen = new StringBuilder(text, 0, at, text.Length);
        for (; at < text.Length; at++)
        {
            if (!Unseen.Contains(text[at])) seen.Append(text[at]);
            else if (text[at] != '\uDB40') continue;
            else if (at + 1 < text.Length && text[at + 1] is >= '\uDC00' and <= '\uDC7F') at++; // a tag: U+E0000 to U+E007F
            else seen.Append(text[at]);
        }

        return seen.ToString();
    }

    /// <summary>The same with every run of white space as one space.</summary>
    public static string OnOneLine(string text) => string.Join(' ', Of(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>So much of the text as is allowed, and never half a character.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    private static IEnumerable<char> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
