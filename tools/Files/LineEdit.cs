namespace ToolRuntime.Tools.Files;

/// <summary>A text with some of its lines replaced.</summary>
/// <param name="Text">The new text.</param>
/// <param name="Removed">Lines taken out.</param>
/// <param name="Inserted">Lines put in.</param>
internal sealed record LineEdit(string Text, int Removed, int Inserted)
{
    /// <summary>
    /// Every other line keeps its own line end. A new line gets that of the line in whose place it comes, further ones that of the last
    /// such line or of the line before them. A last line without a line end goes on having none, unless the content ends with one.
    /// </summary>
    /// <exception cref="FileToolException">The text has no such lines.</exception>
    public static LineEdit Apply(string text, int startLine, int endLine, string content)
    {
        Check(SourceFacts.CountLines(text), startLine, endLine);
        var (start, end) = (IndexOfLine(text, startLine), IndexOfLine(text, endLine + 1));
        var (before, after) = (text[..start], text[end..]);
        if (content.Length == 0) return new(before + after, endLine - startLine + 1, 0);

        var closed = content[^1] == '\n';
        var lines = (closed ? content[..^1] : content).Split('\n');
        var ends = EndsOf(text.AsSpan(start..end));
        var further = ends.FindLast(lineEnd => lineEnd.Length > 0) ?? Near(before, after);
        if (before.Length > 0 && before[^1] != '\n') before += further;

        var open = after.Length == 0 && text.Length > 0 && text[^1] != '\n' && !closed;
        var written = new System.Text.StringBuilder(before);
        for (var i = 0; i < lines.Length; i++)
        {
            written.Append(lines[i].AsSpan(0, lines[i].Length - (lines[i].EndsWith('\r') && (closed || i < lines.Length - 1) ? 1 : 0)));
            if (!open || i < lines.Length - 1) written.Append(i < ends.Count && ends[i].Length > 0 ? ends[i] : further);
        }

        return new(written.Append(after).ToString(), endLine - startLine + 1, lines.Length);
    }

    /// <exception cref="FileToolException">A file of <paramref name="total"/> lines has no such lines.</exception>
    public static void Check(int total, int startLine, int endLine)
    {
        if (startLine <= total + 1 && endLine <= total && endLine >= startLine - 1) return;
        throw new FileToolException(new("invalid_range", $"Lines {startLine} to {endLine} are not in a file of {total} lines."));
    }

    /// <summary>Those lines as they are, with their line ends.</summary>
    public static string Lines(string text, int startLine, int endLine) =>
        text[IndexOfLine(text, startLine)..IndexOfLine(text, endLine + 1)];

    private static List<string> EndsOf(ReadOnlySpan<char> lines)
    {
        var ends = new List<string>();
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf('\n');
            ends.Add(end < 0 ? "" : end > 0 && lines[end - 1] == '\r' ? "\r\n" : "\n");
            lines = end < 0 ? default : lines[(end + 1)..];
        }

        return ends;
    }

    // The end of the line before, else of the one after.
    private static string Near(string before, string after)
    {
        var end = before.LastIndexOf('\n');
        if (end >= 0) return end > 0 && before[end - 1] == '\r' ? "\r\n" : "\n";
        end = after.IndexOf('\n');
        return end > 0 && after[end - 1] == '\r' ? "\r\n" : "\n";
    }

    // Where a line begins; one past the last begins at the end.
    private static int IndexOfLine(string text, int line)
    {
        var index = 0;
        for (var current = 1; current < line; current++)
        {
            var end = text.IndexOf('\n', index);
            if (end < 0) return text.Length;
            index = end + 1;
        }

        return index;
    }
}
