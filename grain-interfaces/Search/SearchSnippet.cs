using System.Collections.Immutable;

namespace ToolRuntime.Search;

/// <summary>A piece of a snippet, and whether it is what was searched for.</summary>
public readonly record struct SnippetPart(string Text, bool Match);

/// <summary>The place of a text that shows best what was searched for.</summary>
/// <param name="Parts">The pieces, in order.</param>
/// <param name="Line">The line of the first match, from 0.</param>
public sealed record SearchSnippet(ImmutableArray<SnippetPart> Parts, int Line)
{
    private const int Before = 80;
    private const int Length = 240;
    private const string Ellipsis = "…";

    /// <summary>Cuts it from a text.</summary>
    public static SearchSnippet Of(string text, SearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(query);
        var marks = Marks(text, query);
        if (marks.Count == 0) return new([new(text.Length > Length ? text[..Length] + Ellipsis : text, false)], 0);

        var best = Best(marks);
        var start = Edge(text, Math.Max(0, marks[best].Start - Before), forward: true, marks[best].Start);
        var end = Edge(text, Math.Min(text.Length, start + Length), forward: false, marks[best].End);
        var parts = ImmutableArray.CreateBuilder<SnippetPart>();
        var at = start;
        if (start > 0) parts.Add(new(Ellipsis, false));
        foreach (var mark in marks.Skip(best).Where(mark => mark.End <= end))
        {
            if (mark.Start < at) continue;
            if (mark.Start > at) parts.Add(new(text[at..mark.Start], false));
            parts.Add(new(text[mark.Start..mark.End], true));
            at = mark.End;
        }

        if (at < end) parts.Add(new(text[at..end], false));
        if (end < text.Length) parts.Add(new(Ellipsis, false));
        return new(parts.DrainToImmutable(), text.AsSpan(0, marks[best].Start).Count('\n'));
    }

    private static List<(int Start, int End, int Clause)> Marks(string text, SearchQuery query)
    {
        var words = SearchWords.Split(text).ToList();
        var marks = new List<(int Start, int End, int Clause)>();
        for (var i = 0; i < words.Count; i++)
        {
            for (var clause = 0; clause < query.Clauses.Length; clause++)
            {
                if (query.Clauses[clause].Match(words, i) is not (> 0 and var length)) continue;
                var last = words[i + length - 1];
                marks.Add((words[i].Start, last.Start + last.Length, clause));
            }
        }

        return marks;
    }

    /// <summary>The mark from which on most of the query is close together.</summary>
    private static int Best(List<(int Start, int End, int Clause)> marks)
    {
        var (best, most) = (0, 0);
        for (var i = 0; i < marks.Count; i++)
        {
            var different = marks.Skip(i).TakeWhile(mark => mark.End - marks[i].Start <= Length - Before).Take(64).Select(mark => mark.Clause).Distinct().Count();
            if (different <= most) continue;
            (best, most) = (i, different);
        }

        return best;
    }

    /// <summary>A place near by between two words, and never within a character.</summary>
    private static int Edge(string text, int at, bool forward, int limit)
    {
        if (at is 0 || at == text.Length) return at;
        for (var (i, steps) = (at, 0); steps < 24 && i > 0 && i < text.Length && i != limit; i += forward ? 1 : -1, steps++)
        {
            if (char.IsWhiteSpace(text[i])) return forward ? i + 1 : i;
        }

        return char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }
}
