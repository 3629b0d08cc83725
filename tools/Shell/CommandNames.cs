namespace ToolRuntime.Tools.Shell;

/// <summary>
/// Finds the names of the commands in a command line: what stands first in each part between <c>; &amp; | ( )</c>, line ends, backquotes
/// and <c>$(</c>, assignments, redirections and words like <c>if</c> or <c>sudo</c> skipped, quotes removed, folders cut off. What a name
/// becomes at run time stays unseen:
/// <c>$(which rm)</c> gives <c>which</c> and <c>$()</c>.
/// </summary>
internal sealed class CommandNames
{
    private readonly List<string> names = [];
    private readonly Stack<(CommandPart Part, bool DoubleQuoted, char Opened)> outer = [];
    private readonly string text;
    private CommandPart part = new();
    private bool doubleQuoted;

    private CommandNames(string text) => this.text = text;

    /// <summary>The names in the order in which they stand; a part without a command gives none.</summary>
    public static IReadOnlyList<string> Of(string command)
    {
        var line = new CommandNames(command);
        for (var i = 0; i < command.Length; i++) i = line.Take(i);
        line.part.End(line.names);
        foreach (var (part, _, _) in line.outer) part.End(line.names);
        return line.names;
    }

    // Takes what begins at i and returns where it ends.
    private int Take(int i)
    {
        var c = text[i];
        var next = i + 1 < text.Length ? text[i + 1] : '\0';
        switch (c)
        {
            case '\\' when next != '\0':
                if (next != '\n') part.Add(next);
                return i + 1;
            case '\'' when !doubleQuoted:
                var close = text.IndexOf('\'', i + 1);
                if (close < 0) close = text.Length;
                part.Add(text.AsSpan(i + 1, close - i - 1));
                return close;
            case '"':
                doubleQuoted = !doubleQuoted;
                part.Add([]);
                return i;
            case '$' when next == '(':
                Open('(');
                return i + 1;
            case '`':
                if (outer.TryPeek(out var top) && top.Opened == '`') Close();
                else Open('`');
                return i;
        }

        return doubleQuoted ? TakeCharacter(i) : TakeUnquoted(i, next);
    }

    private int TakeUnquoted(int i, char next)
    {
        switch (text[i])
        {
            case '<' or '>':
                part.Redirect(names);
                return next is '&' or '>' or '<' or '|' ? i + 1 : i;
            case '(':
                part.End(names);
                outer.Push((part, false, ' '));
                part = new();
                return i;
            case ')' when outer.TryPeek(out var top) && top.Opened != '`':
                Close();
                return i;
            case ';' or '&' or '|' or '(' or ')' or '\n':
                part.End(names);
                return i;
            case ' ' or '\t':
                part.EndWord(names);
                return i;
            case '#' when !part.InWord:
                var end = text.IndexOf('\n', i);
                return end < 0 ? text.Length : end - 1;
            default:
                return TakeCharacter(i);
        }
    }

    private int TakeCharacter(int i)
    {
        part.Add(text[i]);
        return i;
    }

    private void Open(char opened)
    {
        outer.Push((part, doubleQuoted, opened));
        part = new();
        doubleQuoted = false;
    }

    // What the inner command prints becomes part of the outer word.
    private void Close()
    {
        part.End(names);
        (part, doubleQuoted, var opened) = outer.Pop();
        if (opened != ' ') part.Add("$()");
    }
}
