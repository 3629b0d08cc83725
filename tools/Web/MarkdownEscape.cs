using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Web;

/// <summary>Keeps text from being taken for Markdown or HTML, and addresses to harmless ones.</summary>
internal static partial class MarkdownEscape
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\\`*_[]<|");

    /// <summary>A word of a page's text.</summary>
    /// <param name="word">It.</param>
    /// <param name="start">Whether it begins a line, where more characters have a meaning.</param>
    /// <param name="cell">Whether it is in a table's cell.</param>
    public static string Word(string word, bool start, bool cell)
    {
        var escaped = word;
        if (word.AsSpan().IndexOfAny(Special) >= 0)
        {
            var text = new StringBuilder(word.Length + 4);
            for (var i = 0; i < word.Length; i++)
            {
                if (Means(word, i, cell)) text.Append('\\');
                text.Append(word[i]);
            }

            escaped = text.ToString();
        }

        return start && Starts().IsMatch(word) ? Number().IsMatch(word) ? escaped.Insert(escaped.Length - 1, "\\") : "\\" + escaped : escaped;
    }

    /// <summary>A link's target, absolute; null where it leads to nothing that may be followed.</summary>
    public static string? Target(Uri from, string? href)
    {
        if (string.IsNullOrWhiteSpace(href) || !Uri.TryCreate(from, href.Trim(), out var target) || !IsHarmless(target)) return null;
        return target.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal).Replace("<", "%3C", StringComparison.Ordinal);
    }

    /// <summary>Markdown that somebody else has made, without HTML, pictures and addresses that do harm.</summary>
    public static string Tame(string markdown)
    {
        var text = Tag().Replace(VisibleText.Of(markdown.ReplaceLineEndings("\n")), "&lt;");
        text = text.Replace("![", "[", StringComparison.Ordinal);
        text = Link().Replace(text, found => IsHarmless(found.Groups["target"].Value) ? found.Value : "](#)");
        return Definition().Replace(text, found => IsHarmless(found.Groups["target"].Value) ? found.Value : "");
    }

    private static bool IsHarmless(string target)
    {
        target = WebUtility.HtmlDecode(target).Trim().Trim('<', '>');
        var scheme = target.AsSpan().IndexOfAny(":/?#");
        return scheme < 0 || target[scheme] != ':' || target[..scheme].ToLowerInvariant() is "http" or "https" or "mailto";
    }

    private static bool IsHarmless(Uri target) => target.Scheme is "http" or "https" or "mailto";

    private static bool Means(string word, int at, bool cell) => word[at] switch
    {
        '\\' or '`' or '*' or '[' or ']' => true,
        '|' => cell,
        '_' => at == 0 || at == word.Length - 1,
        '<' => at + 1 < word.Length && (char.IsAsciiLetter(word[at + 1]) || word[at + 1] is '/' or '!' or '?'),
        _ => false,
    };

    [GeneratedRegex(@"^(#{1,6}|[-+>]|=+|-+|>.*|~~~.*|\d{1,9}[.)])$")]
    private static partial Regex Starts();

    [GeneratedRegex(@"^\d{1,9}[.)]$")]
    private static partial Regex Number();

    [GeneratedRegex("<(?=[A-Za-z/!?])")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\]\((?<target>[^)\n]{0,4000})\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ {0,3}\[[^\]\n]{1,999}\]:\s{0,9}(?<target>\S{1,4000}).*$", RegexOptions.Multiline)]
    private static partial Regex Definition();
}
