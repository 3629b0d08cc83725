using ToolRuntime.Events;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>
/// Takes a command's log apart: each line in it begins with three bytes, 1 for the standard output and 2 for errors. The log may come in pieces of any size; the rest of a line belongs
/// to the stream that its mark names, whatever is in it.
/// </summary>
internal sealed class LogStreams
{
    private const int MarkLength = 3;

    private OutputStream current = OutputStream.Stdout;
    private byte mark;
    private int marks;
    private bool atStart = true;

    /// <summary>Passes on what a piece holds, in order.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> piece, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> found)
    {
        while (!piece.IsEmpty)
        {
            if (atStart)
            {
                var first = piece.Span[0];
                if (marks < MarkLength && first is 1 or 2 && (marks == 0 || first == mark))
                {
                    (mark, marks) = (first, marks + 1);
                    piece = piece[1..];
                    if (marks < MarkLength) continue;
                    (current, atStart, marks) = (mark == 1 ? OutputStream.Stdout : OutputStream.Stderr, false, 0);
                    continue;
                }

                // No mark after all: what looked like its beginning is output.
                var kept = Enumerable.Repeat(mark, marks).ToArray();
                (atStart, marks) = (false, 0);
                if (kept.Length > 0) await found(current, kept);
            }

            var end = piece.Span.IndexOf((byte)'\n');
            var line = end < 0 ? piece : piece[..(end + 1)];
            atStart = end >= 0;
            await found(current, line);
            piece = piece[line.Length..];
        }
    }
}
