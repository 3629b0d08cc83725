using AngleSharp.Dom;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// Where the walk is in a table of data. Rows are lines with bars; below one of headings there is a rule, which makes it a table of Markdown. (A table that holds another lays out the page.)
/// </summary>
internal sealed class MarkdownTable
{
    private const int LookedAt = 300;

    private int cells;
    private bool headed;

    /// <summary>Whether words are in a cell now, where a bar would end it.</summary>
    public bool InRow { get; private set; }

    /// <summary>Whether another table is in it, among the first of what it holds.</summary>
    public static bool HoldsAnother(IElement table)
    {
        var open = new Stack<INode>([table]);
        for (var seen = 0; seen < LookedAt && open.TryPop(out var node); seen++)
        {
            for (var i = Math.Min(node.ChildNodes.Length, LookedAt) - 1; i >= 0; i--)
            {
                if (node.ChildNodes[i] is IElement { LocalName: "table" }) return true;
                if (node.ChildNodes[i] is IElement inner) open.Push(inner);
            }
        }

        return false;
    }

    public void Row() => (cells, headed, InRow) = (0, true, true);

    /// <summary>What stands before a cell.</summary>
    public string Cell(bool heading)
    {
        headed &= heading;
        return cells++ == 0 ? "|" : " |";
    }

    /// <summary>What ends the row, and the rule below it if it is one of headings; null where there was no cell.</summary>
    public (string Row, string? Rule)? EndRow()
    {
        var (count, heading) = (cells, headed);
        (cells, headed, InRow) = (0, false, false);
        if (count == 0) return null;
        return (" |", heading ? "|" + string.Concat(Enumerable.Repeat(" --- |", Math.Min(count, 100))) : null);
    }
}
