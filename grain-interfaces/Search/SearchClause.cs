using System.Collections.Immutable;

namespace ToolRuntime.Search;

/// <summary>What has to be in a text: these words one after the other, the last of them maybe only by its beginning.</summary>
public sealed record SearchClause(ImmutableArray<string> Words, bool Prefix)
{
    /// <summary>How many words it takes up from <paramref name="at"/> on; 0: it is not there.</summary>
    public int Match(IReadOnlyList<SearchWord> text, int at)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (at + Words.Length > text.Count) return 0;
        for (var i = 0; i < Words.Length; i++)
        {
            var word = text[at + i].Text;
            var fits = Prefix && i == Words.Length - 1 ? word.StartsWith(Words[i], StringComparison.Ordinal) : word == Words[i];
            if (!fits) return 0;
        }

        return Words.Length;
    }
}
