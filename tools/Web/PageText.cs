using System.Text;

namespace ToolRuntime.Tools.Web;

/// <summary>Collects text the way a page shows it: white space collapsed, blocks on lines of their own.</summary>
internal sealed class PageText(int maxCharacters)
{
    private readonly StringBuilder text = new();
    private int breaks;
    private bool space, marked;

    public bool IsFull => text.Length > maxCharacters;

    /// <summary>Where the next text will stand.</summary>
    public int Length => text.Length;

    /// <summary>The text since a place, on one line.</summary>
    public string Since(int start) => start >= text.Length ? "" : text.ToString(start, text.Length - start).ReplaceLineEndings(" ").Trim();

    /// <summary>Text that wraps.</summary>
    public void Add(ReadOnlySpan<char> words)
    {
        while (!words.IsEmpty && !IsFull)
        {
            var word = words.IndexOfAnyExcept(" \t\r\n\f");
            space |= word != 0;
            if (word < 0) return;
            words = words[word..];
            var end = words.IndexOfAny(" \t\r\n\f");
            Put(end < 0 ? words : words[..end]);
            words = end < 0 ? default : words[end..];
        }
    }

    /// <summary>Text that keeps its white space.</summary>
    public void AddAsIs(string written)
    {
        if (!IsFull && written.Length > 0) Put(written.ReplaceLineEndings("\n"));
    }

    /// <summary>Something before text of its own, which stays on its line.</summary>
    public void Mark(string mark)
    {
        if (IsFull) return;
        Put(mark);
        (space, marked) = (true, true);
    }

    /// <summary>What follows begins a line (1) or a paragraph (2).</summary>
    public void Break(int lines)
    {
        if (!marked) breaks = Math.Max(breaks, lines);
    }

    /// <summary>The same where something has ended.</summary>
    public void End(int lines)
    {
        marked = false;
        Break(lines);
    }

    public string Finish()
    {
        var length = Math.Min(text.Length, maxCharacters);
        // Never half a character.
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
        return text.ToString(0, length).TrimEnd();
    }

    private void Put(ReadOnlySpan<char> written)
    {
        if (text.Length > 0)
        {
            if (breaks > 0) text.Append('\n', breaks);
            else if (space && text[^1] != '\n') text.Append(' ');
        }

        (breaks, space, marked) = (0, false, false);
        text.Append(written[..Math.Clamp(maxCharacters - text.Length + 1, 0, written.Length)]);
    }
}
