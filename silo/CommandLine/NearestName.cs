namespace ToolRuntime.CommandLine;

/// <summary>Finds the name that a misspelt one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names: by a few letters, by its last parts alone, or without its colons and hyphens. Null where none is near.</summary>
    public static string? Of(string name, IReadOnlyList<string> names)
    {
        var wanted = Letters(name);
        if (wanted.Length < 2) return null;
        var best = names.Select(known => (Known: known, Distance: Distance(wanted, known))).MinBy(pair => (pair.Distance, pair.Known.Length));
        return best.Distance <= Math.Max(1, wanted.Length / 4) ? best.Known : null;
    }

    /// <summary>The distance to the name, or to its last parts if those are nearer.</summary>
    private static int Distance(string wanted, string known)
    {
        var parts = known.Split(':');
        return Enumerable.Range(0, parts.Length).Min(first => Edits(wanted, Letters(string.Concat(parts[first..]))));
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    /// <summary>How many letters to put in, take out or change.</summary>
    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= other.Length; j++)
            {
                var change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
