using System.Globalization;
using System.Text;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Finds the token that ends a stream, wherever pieces of it are cut, and keeps it out of the output.</summary>
internal sealed class EndToken(string token)
{
    // What stands behind the token: a word, two numbers.
    private const int MaxWords = 64;

    private readonly byte[] bytes = Encoding.ASCII.GetBytes(token + ":");
    private byte[] held = [];
    private bool seen;

    /// <summary>What stands behind it, once that is whole: <c>exit:3:0</c>.</summary>
    public string? Words { get; private set; }

    /// <summary>What of a piece is output for certain; the rest is held back.</summary>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> piece)
    {
        if (Words is not null) return default;
        var all = held.Length == 0 ? piece : (byte[])[.. held, .. piece.Span];
        if (seen)
        {
            ReadWords(all);
            return default;
        }

        var at = all.Span.IndexOf(bytes);
        if (at >= 0)
        {
            seen = true;
            ReadWords(all[(at + bytes.Length)..]);
            return all[..at];
        }

        var open = Math.Min(bytes.Length - 1, all.Length);
        while (!all.Span[^open..].SequenceEqual(bytes.AsSpan(0, open))) open--;
        held = all[^open..].ToArray();
        return all[..^open];
    }

    /// <summary>The exit code, and whether something was left running; null where the command has not been started.</summary>
    public (int Code, bool Left)? Exit =>
        Words?.Split(':') is ["exit", var code, var left] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, left == "1") : null;

    // They end with a colon and the line.
    private void ReadWords(ReadOnlyMemory<byte> rest)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        if (end < 0 && rest.Length < MaxWords) held = rest.ToArray();
        else Words = Encoding.ASCII.GetString(rest.Span[..(end < 0 ? MaxWords : end)]).TrimEnd(':');
    }
}
