namespace ToolRuntime.Tools.Files;

/// <summary>
/// What the calls of one batch have replaced in one file, in the numbering that its lines had before the first of them: each call means
/// that numbering, since whoever made the calls knew no other.
/// </summary>
internal sealed class BatchEdits
{
    private readonly List<(int Start, int End, int Added)> edits = [];

    private string? before, after;

    /// <summary>How many more lines the file has now.</summary>
    public int Added => edits.Sum(edit => edit.Added);

    /// <summary>
    /// By how many lines these lines have moved; null where another call has replaced some of them, or put lines between them.
    /// </summary>
    public int? MovedBy(int start, int end)
    {
        var moved = 0;
        foreach (var edit in edits)
        {
            if (edit.End < start) moved += edit.Added;
            else if (end >= edit.Start) return null;
        }

        return moved;
    }

    /// <summary>Whether the file is as the latest of them left it; else somebody else has written to it.</summary>
    public bool IsLatest(string text) => after is null || after == LineHash.Of(text);

    /// <summary>The hash of the whole file before the first of them.</summary>
    public string HashBefore(string text) => before is not null && IsLatest(text) ? before : LineHash.Of(text);

    public void Add(int start, int end, int inserted, string hashBefore, string hashAfter)
    {
        edits.Add((start, end, inserted - (end - start + 1)));
        (before, after) = (before ?? hashBefore, hashAfter);
    }
}

/// <summary>The edits of the latest batches, each in each file. Used within the file's turn.</summary>
internal sealed class RecentEdits
{
    private const int MaxKept = 4_096;

    private readonly Dictionary<(string Batch, string File), BatchEdits> edits = [];
    private readonly Queue<(string Batch, string File)> order = new();
    private readonly Lock gate = new();

    public BatchEdits Of(string batch, string file)
    {
        lock (gate)
        {
            if (edits.TryGetValue((batch, file), out var found)) return found;
            order.Enqueue((batch, file));
            if (order.Count > MaxKept) edits.Remove(order.Dequeue());
            return edits[(batch, file)] = new();
        }
    }
}
