namespace ToolRuntime;

/// <summary>Ids of the calls of one batch or answer.</summary>
public static class CallIds
{
    /// <summary>
    /// One id for each call: its own where that is usable and not another's before it, else a substitute that is nobody's own.
    /// </summary>
    public static string[] Distinct(IReadOnlyList<string?> own, Func<string, bool> isUsable)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(isUsable);
        var theirs = own.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        var ids = new string[own.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            if (own[i] is { } id && isUsable(id) && given.Add(id))
            {
                ids[i] = id;
                continue;
            }

            var n = i;
            while (theirs.Contains($"call_{n}") || !given.Add($"call_{n}")) n++;
            ids[i] = $"call_{n}";
        }

        return ids;
    }
}
