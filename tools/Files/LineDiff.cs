using System.Text;
using DiffPlex;

namespace ToolRuntime.Tools.Files;

/// <summary>Two texts as a unified diff with three lines around each change, of bounded size.</summary>
internal static class LineDiff
{
    /// <summary>Most of a diff, in bytes of UTF-8.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int Context = 3;

    // What differs more is shown as all out and all in: the search for the shortest way takes the product of lines and changes.
    private const int MaxCompared = 3_000;

    /// <summary>The diff, empty where nothing has changed, and whether it had to be cut, which it is behind a whole line.</summary>
    public static (string Text, bool Truncated) Between(string path, string before, string after)
    {
        if (before == after) return ("", false);
        var (a, b) = (LinesOf(before), LinesOf(after));
        var text = new BoundedText(MaxBytes);
        text.Add($"--- a/{Plain(path)}\n");
        text.Add($"+++ b/{Plain(path)}\n");
        foreach (var hunk in Hunks(Changes(a, b), a.Length)) Write(text, a, b, hunk);
        return (text.ToString(), text.IsCut);
    }

    private static List<Change> Changes(string[] a, string[] b)
    {
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start]) start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)]) end++;
        var (left, right) = (a[start..^end], b[start..^end]);
        if (left.Length == 0 || right.Length == 0 || left.Length > MaxCompared || right.Length > MaxCompared) return [new(start, left.Length, start, right.Length)];
        var compared = Differ.Instance.CreateDiffs(string.Concat(left), string.Concat(right), ignoreWhiteSpace: false, ignoreCase: false, new Chunker());
        return [.. compared.DiffBlocks.Select(block => new Change(start + block.DeleteStartA, block.DeleteCountA, start + block.InsertStartB, block.InsertCountB))];
    }

    // Changes whose surroundings touch are shown together.
    private static IEnumerable<List<Change>> Hunks(List<Change> changes, int lines)
    {
        var hunk = new List<Change>();
        foreach (var change in changes)
        {
            if (hunk.Count > 0 && change.A - hunk[^1].EndA > 2 * Context)
            {
                yield return hunk;
                hunk = [];
            }

            hunk.Add(change);
        }

        if (hunk.Count > 0) yield return hunk;
    }

    private static void Write(BoundedText text, string[] a, string[] b, List<Change> hunk)
    {
        var (first, last) = (hunk[0], hunk[^1]);
        var before = Math.Min(Context, first.A);
        var behind = Math.Min(Context, a.Length - last.EndA);
        var (countA, countB) = (last.EndA + behind - first.A + before, last.EndB + behind - first.B + before);
        text.Add($"@@ -{Range(first.A - before, countA)} +{Range(first.B - before, countB)} @@\n");
        var at = first.A - before;
        foreach (var change in hunk)
        {
            for (; at < change.A; at++) AddLine(text, ' ', a[at]);
            for (; at < change.EndA; at++) AddLine(text, '-', a[at]);
            for (var i = change.B; i < change.EndB; i++) AddLine(text, '+', b[i]);
        }

        for (; at < last.EndA + behind; at++) AddLine(text, ' ', a[at]);
    }

    private static void AddLine(BoundedText text, char mark, string line) =>
        text.Add(line.EndsWith('\n') ? mark + line : $"{mark}{line}\n\\ No newline at end of file\n");

    private static string Range(int start, int count) => count == 0 ? $"{start},0" : $"{start + 1},{count}";

    // With their ends: a changed end is a change.
    private static string[] LinesOf(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..next]);
            at = next;
        }

        return [.. lines];
    }

    private static string Plain(string path) => string.Concat(path.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private sealed class Chunker : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => LinesOf(text);
    }

    /// <summary>Lines from <c>A</c> and <c>B</c> on, counted from 0: so many out, so many in.</summary>
    private readonly record struct Change(int A, int Out, int B, int In)
    {
        public int EndA => A + Out;

        public int EndB => B + In;
    }

    private sealed class BoundedText(int maxBytes)
    {
        private readonly StringBuilder text = new();
        private int bytes;

        public bool IsCut { get; private set; }

        public void Add(string line)
        {
            bytes += Encoding.UTF8.GetByteCount(line);
            IsCut |= bytes > maxBytes;
            if (!IsCut) text.Append(line);
        }

        public override string ToString() => text.ToString();
    }
}
