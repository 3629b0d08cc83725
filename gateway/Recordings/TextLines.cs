using System.Text;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>
/// Makes lines of what was printed for a terminal: colours and titles go, and a line that is drawn over (a progress bar) is what it was last.
/// Movement between lines is not followed: that takes a terminal.
/// </summary>
internal sealed class TextLines(Action<string> take)
{
    private const int Longest = 65_536;

    private readonly StringBuilder line = new();
    private readonly StringBuilder parameters = new();
    private int cursor;
    private State state;

    private enum State
    {
        Text,
        Escape,
        Sequence,
        String,
        StringEscape,
        Skip,
    }

    public void Write(string text)
    {
        foreach (var character in text) state = state switch
        {
            State.Text => Print(character),
            State.Escape => Escape(character),
            State.Sequence => Sequence(character),
            State.String => character switch { '\a' => State.Text, '\e' => State.StringEscape, _ => State.String },
            State.StringEscape => character == '\\' ? State.Text : State.String,
            _ => State.Text,
        };
    }

    /// <summary>Takes a line that has no end yet.</summary>
    public void Flush()
    {
        if (line.Length > 0) Take();
    }

    private State Print(char character)
    {
        switch (character)
        {
            case '\e':
                return State.Escape;
            case '\n':
                Take();
                break;
            case '\r':
                cursor = 0;
                break;
            case '\b':
                cursor = Math.Max(0, cursor - 1);
                break;
            case >= ' ' or '\t':
                if (cursor < line.Length) line[cursor] = character;
                else line.Append(character);
                if (++cursor >= Longest) Take();
                break;
        }

        return State.Text;
    }

    private State Escape(char character)
    {
        parameters.Clear();
        return character switch { '[' => State.Sequence, ']' or 'P' or '_' or '^' or 'X' => State.String, '(' or ')' or '#' or '%' => State.Skip, _ => State.Text };
    }

    private State Sequence(char character)
    {
        if (character is < '@' or > '~')
        {
            if (parameters.Length < 16) parameters.Append(character);
            return State.Sequence;
        }

        // Erasing in the line is how lines that are drawn over get shorter.
        if (character == 'K') line.Length = parameters.ToString() is "" or "0" ? Math.Min(cursor, line.Length) : 0;
        cursor = Math.Min(cursor, line.Length);
        return State.Text;
    }

    private void Take()
    {
        take(line.ToString());
        line.Clear();
        cursor = 0;
    }
}
