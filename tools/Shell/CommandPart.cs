using System.Buffers;
using System.Text;

namespace ToolRuntime.Tools.Shell;

/// <summary>One simple command while its words come in; says which word names it.</summary>
internal sealed class CommandPart
{
    private static readonly HashSet<string> Openers = ["if", "then", "else", "elif", "while", "until", "do", "{", "!", "time"];
    private static readonly HashSet<string> NoCommand = ["fi", "done", "esac", "}", "for", "case", "select"];
    private static readonly HashSet<string> Wrappers = ["builtin", "command", "env", "exec", "nice", "nohup", "setsid", "sudo", "timeout", "xargs"];

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly StringBuilder word = new();
    private bool named;
    private bool wrapped;
    private bool skipNext;

    public bool InWord { get; private set; }

    public void Add(char c) => Add([c]);

    public void Add(ReadOnlySpan<char> text)
    {
        InWord = true;
        word.Append(text);
    }

    /// <summary>The next word is a file; digits right before it are a descriptor.</summary>
    public void Redirect(List<string> names)
    {
        if (IsNumber(word.ToString())) (InWord, _) = (false, word.Clear());
        EndWord(names);
        skipNext = true;
    }

    public void EndWord(List<string> names)
    {
        if (!InWord) return;
        var text = word.ToString();
        word.Clear();
        InWord = false;
        if (skipNext) skipNext = false;
        else if (!named && !Openers.Contains(text) && !IsAssignment(text) && !(wrapped && IsWrapperOption(text))) Name(text, names);
    }

    public void End(List<string> names)
    {
        EndWord(names);
        (named, wrapped, skipNext) = (false, false, false);
    }

    private void Name(string text, List<string> names)
    {
        named = true;
        if (NoCommand.Contains(text)) return;
        var name = text[(text.LastIndexOf('/') + 1)..];
        names.Add(name);
        if (!Wrappers.Contains(name)) return;
        (named, wrapped) = (false, true);
    }

    private static bool IsWrapperOption(string text) => text.StartsWith('-') || (text.Length > 0 && char.IsAsciiDigit(text[0]));

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static bool IsAssignment(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !char.IsAsciiDigit(text[0]) && text.AsSpan(0, equals).TrimEnd('+').IndexOfAnyExcept(NameCharacters) < 0;
    }
}
