namespace ToolRuntime.Tools.Files;

/// <summary>A text with some of its lines replaced.</summary>
/// <param name="Text">The new text; line ends are those of the old one.</param>
/// <param name="Removed">Lines taken out.</param>
/// <param name="Inserted">Lines put in.</param>
internal sealed record LineEdit(string Text, int Removed, int Inserted)
{
    /// <exception cref="FileToolException">The text has no such lines.</exception>
    public static LineEdit Apply(string text, int startLine, int endLine, string content)
    {
        var total = SourceFacts.CountLines(text);
        if (startLine > total + 1 || endLine > total || endLine < startLine - 1)
        {
            throw new FileToolException(new("invalid_range", $"Lines {startLine} to {endLine} are not in a file of {total} lines."));
        }

        var lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var (start, end) = (IndexOfLine(text, startLine), IndexOfLine(text, endLine + 1));
        var before = text[..start];
        var after = text[end..];
        var lines = content.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", lineEnd, StringComparison.Ordinal);
        if (lines.Length > 0 && before.Length > 0 && before[^1] != '\n') before += lineEnd;

        // The last line keeps having no line end if it had none.
        var endsOpen = after.Length == 0 && text.Length > 0 && text[^1] != '\n';
        if (lines.Length > 0 && lines[^1] != '\n' && !endsOpen) lines += lineEnd;
        return new(before + lines + after, endLine - startLine + 1, SourceFacts.CountLines(lines));
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
