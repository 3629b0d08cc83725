using System.Collections.Immutable;

namespace ToolRuntime.Search;

/// <summary>A query as read: every clause has to be in a text.</summary>
public sealed record SearchQuery(ImmutableArray<SearchClause> Clauses)
{
    /// <summary>Most characters of a query.</summary>
    public const int MaxLength = 500;

    /// <summary>Most words of a query.</summary>
    public const int MaxWords = 16;

    /// <summary>Fewest characters of a word's beginning.</summary>
    public const int MinPrefix = 2;

    /// <summary>
    /// Reads words, <c>"phrases"</c> and beginnings (<c>conn*</c>). What is joined without a space (<c>src/app.ts</c>) is a phrase. Null: it can't be, and <paramref name="problem"/> says why.
    /// </summary>
    public static SearchQuery? Read(string? text, out string problem)
    {
        problem = "";
        var rest = (text ?? "").AsSpan().Trim();
        var clauses = ImmutableArray.CreateBuilder<SearchClause>();
        if (rest.Length > MaxLength) return Fail($"q is longer than {MaxLength} characters.", out problem);
        while (!(rest = rest.TrimStart()).IsEmpty)
        {
            var quoted = rest[0] == '"';
            var length = quoted ? rest[1..].IndexOf('"') : IndexOfEnd(rest);
            if (length < 0) return Fail("q has a quotation mark without its other one.", out problem);
            var inside = quoted ? rest.Slice(1, length) : rest[..length];
            rest = rest[(quoted ? length + 2 : length)..];
            var prefix = quoted ? rest.StartsWith("*") : inside.EndsWith("*");
            if (quoted && prefix) rest = rest[1..];
            var words = SearchWords.Split(inside.ToString()).Select(word => word.Text).ToImmutableArray();
            if (words.IsEmpty) continue;
            // In "a/b/*" the star begins another word, of which nothing is said.
            prefix = prefix && (quoted || (inside.Length > 1 && char.IsLetterOrDigit(inside[^2])));
            if (prefix && words[^1].Length < MinPrefix) return Fail($"q has a beginning of less than {MinPrefix} characters before its *.", out problem);
            clauses.Add(new(words, prefix));
        }

        if (clauses.Count == 0) return Fail("q has no word to search for.", out problem);
        return clauses.Sum(clause => clause.Words.Length) > MaxWords ? Fail($"q has more than {MaxWords} words.", out problem) : new(clauses.DrainToImmutable());
    }

    private static SearchQuery? Fail(string why, out string problem)
    {
        problem = why;
        return null;
    }

    private static int IndexOfEnd(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) || (text[i] == '"' && i > 0)) return i;
        }

        return text.Length;
    }
}
