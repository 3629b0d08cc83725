using System.Text;

namespace ToolRuntime.Tools.Web;

/// <summary>Collects Markdown: words on lines of blocks, each line with what its block begins lines with, and marks that stand around words.</summary>
internal sealed class MarkdownText(int maxCharacters)
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder opening = new();
    private int breaks;
    private bool space, marked;
    private string prefix = "";

    public bool IsFull => text.Length > maxCharacters;

    /// <summary>Blocks do not break lines just now: within a link, a heading or a cell.</summary>
    public int Inline { get; set; }

    /// <summary>Adds to what lines begin with; returns what to set it back to.</summary>
    public string Indent(string more)
    {
        var before = prefix;
        prefix += more;
        return before;
    }

    public void Unindent(string before) => prefix = before;

    /// <summary>Words, escaped where Markdown or HTML would make something else of them.</summary>
    public void Add(string words, Func<string, bool, string> escape)
    {
        var rest = words.AsSpan();
        while (!rest.IsEmpty && !IsFull)
        {
            var start = rest.IndexOfAnyExcept(" \t\r\n\f");
            space |= start != 0;
            if (start < 0) return;
            rest = rest[start..];
            var end = rest.IndexOfAny(" \t\r\n\f");
            var word = end < 0 ? rest : rest[..end];
            Put(escape(word.ToString(), IsLineStart));
            rest = end < 0 ? default : rest[end..];
        }
    }

    /// <summary>Text that keeps its white space, line by line.</summary>
    public void AddAsIs(string written)
    {
        var first = true;
        foreach (var line in written.ReplaceLineEndings("\n").Split('\n'))
        {
            if (!first && text.Length <= maxCharacters) text.Append('\n').Append(prefix);
            first = false;
            if (line.Length > 0 && !IsFull) Put(line);
        }
    }

    /// <summary>Something of Markdown's own, as it is.</summary>
    public void Mark(string mark, bool begins = false)
    {
        if (IsFull) return;
        Put(mark);
        marked = begins;
    }

    /// <summary>What stands before the next word, if there is one.</summary>
    public void Open(string mark) => opening.Append(mark);

    /// <summary>What stands behind the words since; if there are none, neither mark is written.</summary>
    public bool Close(string open, string close)
    {
        if (opening.Length >= open.Length && opening.ToString().EndsWith(open, StringComparison.Ordinal))
        {
            opening.Length -= open.Length;
            return false;
        }

        if (!IsFull) text.Append(close);
        return true;
    }

    /// <summary>What follows begins a line (1) or a paragraph (2).</summary>
    public void Break(int lines)
    {
        if (lines == 0) return;
        if (Inline > 0) space = true;
        else if (!marked) breaks = Math.Max(breaks, lines);
    }

    /// <summary>The same where a block has ended.</summary>
    public void End(int lines)
    {
        marked = false;
        Break(lines);
    }

    public string Finish()
    {
        var length = Math.Min(text.Length, maxCharacters);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
        return text.ToString(0, length).TrimEnd();
    }

    private bool IsLineStart => (text.Length == 0 || breaks > 0 || marked) && opening.Length == 0;

    private void Put(string written)
    {
        if (text.Length == 0) text.Append(prefix);
        else if (breaks > 0) NewLine();
        else if (space && text[^1] is not ('\n' or ' ')) text.Append(' ');
        (breaks, space, marked) = (0, false, false);
        text.Append(opening);
        opening.Clear();
        text.Append(written.AsSpan(0, Math.Clamp(maxCharacters - text.Length + 1, 0, written.Length)));
    }

    private void NewLine()
    {
        if (breaks > 1) text.Append('\n').Append(prefix.AsSpan().TrimEnd());
        text.Append('\n').Append(prefix);
    }
}
