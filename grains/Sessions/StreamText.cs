using System.Collections.Immutable;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>All of a stream that the log keeps, and the gaps where it does not.</summary>
internal sealed class StreamText
{
    private readonly StringBuilder text = new();
    private readonly List<GapView> gaps = [];
    private long? offset;
    private long bytes;

    public void Append(ToolOutput output)
    {
        offset ??= output.Offset;
        var (more, _) = OutputTail.TextOf(output);
        text.Append(more);
        bytes += Encoding.UTF8.GetByteCount(more);
        if (output.Dropped is not ({ } dropped and > 0)) return;
        if (gaps is [.., var last] && last.At == bytes) gaps[^1] = last with { Bytes = last.Bytes + dropped };
        else gaps.Add(new(bytes, dropped));
    }

    public StreamView ToView() =>
        gaps.Count == 0 ? new(text.ToString(), offset ?? 0) : new(text.ToString(), offset ?? 0, gaps.Sum(gap => gap.Bytes), [.. gaps]);
}
