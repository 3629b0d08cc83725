using System.Globalization;
using System.Text;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Postgres;

/// <summary>Texts and queries as PostgreSQL writes them. Their words are ours, not those of its own parser, so that both stores find the same; being letters and digits only, they need no escapes.</summary>
internal static class SearchVector
{
    private const int MaxPosition = 16_383;
    private const int MaxPositions = 255;

    /// <summary>A text as a <c>tsvector</c>.</summary>
    public static string Of(string text)
    {
        var words = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var position = 0;
        foreach (var word in SearchWords.Split(text))
        {
            if (++position > MaxPosition) break;
            if (!words.TryGetValue(word.Text, out var positions)) words[word.Text] = positions = [];
            if (positions.Count < MaxPositions) positions.Add(position);
        }

        var vector = new StringBuilder();
        foreach (var (word, positions) in words)
        {
            vector.Append('\'').Append(word).Append("':");
            vector.AppendJoin(',', positions.Select(at => at.ToString(CultureInfo.InvariantCulture))).Append(' ');
        }

        return vector.ToString();
    }

    /// <summary>A query as a <c>tsquery</c>.</summary>
    public static string Of(SearchQuery query) => string.Join(" & ", query.Clauses.Select(clause =>
        $"({string.Join(" <-> ", clause.Words.Select((word, i) => $"'{word}'{(clause.Prefix && i == clause.Words.Length - 1 ? ":*" : "")}"))})"));
}
