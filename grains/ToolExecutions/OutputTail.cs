using System.Collections.Immutable;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Views;

namespace ToolRuntime.ToolExecutions;

/// <summary>
/// The last 64 KB of one output stream, with the gaps in it. Kept in the chunks it came in, so that adding costs nothing; cut to size when it is shown.
/// <c>TextEnd</c> is where the kept text ends in the stream; <c>End</c>, what was counted but not kept included, is the next offset.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OutputTail")]
internal sealed record OutputTail(ImmutableQueue<OutputChunk> Chunks, int Bytes, long TextEnd, long End, long Dropped)
{
    public const int KeptBytes = 65_536;

    public static OutputTail Empty { get; } = new([], 0, 0, 0, 0);

    /// <summary>Whether older text has been cut off.</summary>
    [Id(100)] public bool Cut { get; init; }

    /// <summary>How far the stream's older output has been emptied in the log: the offset before which, and the seq of the last entry that was looked at.</summary>
    [Id(101)] public long EmptiedTo { get; init; }
    [Id(102)] public long EmptiedSeq { get; init; }

    /// <summary>Of a terminal: the modes that the text before the chunks has left it in. Of any other stream null.</summary>
    [Id(103)] public string? Modes { get; init; }

    public OutputTail Add(ToolOutput output)
    {
        var (text, raw) = TextOf(output);
        var size = Encoding.UTF8.GetByteCount(text);
        var begins = Chunks.IsEmpty && End == 0;
        var gap = begins ? 0 : End - TextEnd + Math.Max(0, output.Offset - End);
        var end = output.Offset + raw;
        var textEnd = size > 0 ? end : begins ? output.Offset : TextEnd;
        var chunks = size == 0 ? Chunks : Chunks.Enqueue(new(text, size, gap));
        var (bytes, cut) = (Bytes + size, Cut);
        var modes = output.Stream == OutputStream.Terminal ? Modes ?? "" : null;
        while (!chunks.IsEmpty && bytes - chunks.Peek().Bytes >= KeptBytes)
        {
            bytes -= chunks.Peek().Bytes;
            if (modes is not null) modes = TerminalModes.After(modes, chunks.Peek().Text);
            chunks = chunks.Dequeue();
            cut = true;
        }

        return this with
        {
            Chunks = chunks,
            Bytes = bytes,
            TextEnd = textEnd,
            End = end + (output.Dropped ?? 0),
            Dropped = Dropped + (output.Dropped ?? 0),
            Cut = cut,
            Modes = modes,
        };
    }

    public StreamView ToView()
    {
        var text = new StringBuilder(Bytes);
        foreach (var chunk in Chunks) text.Append(chunk.Text);
        var units = 0;
        var bytes = Bytes;
        while (bytes > KeptBytes)
        {
            var rune = Rune.GetRuneAt(text.ToString(units, Math.Min(2, text.Length - units)), 0);
            bytes -= rune.Utf8SequenceLength;
            units += rune.Utf16SequenceLength;
        }

        var gaps = Gaps(Bytes - bytes);
        var dropped = gaps.Sum(gap => gap.Bytes);
        var all = text.ToString();
        var modes = ModesAfter(Modes, all.AsSpan(0, units));
        return new(all[units..], Math.Max(0, End - dropped - bytes), dropped == 0 ? null : dropped, gaps.IsEmpty ? null : gaps, modes);
    }

    /// <summary>Where the stream ends, without its text.</summary>
    public StreamView ToEnd() => new("", End, Modes: Chunks.Aggregate(Modes, (modes, chunk) => ModesAfter(modes, chunk.Text)));

    /// <summary>What is left of this tail's view when only the end of its text is shown, which so many bytes come before.</summary>
    public StreamView Shorter(StreamView view, string text, int before) =>
        view.From(text, before) with { Modes = ModesAfter(view.Modes, view.Text.AsSpan(0, view.Text.Length - text.Length)) };

    /// <summary>An event's text and how many bytes it was.</summary>
    public static (string Text, long Raw) TextOf(ToolOutput output)
    {
        if (output.Base64 is not { } base64) return (output.Text ?? "", Encoding.UTF8.GetByteCount(output.Text ?? ""));
        var bytes = Convert.FromBase64String(base64);
        return (Encoding.UTF8.GetString(bytes), bytes.Length);
    }

    private string? ModesAfter(string? before, ReadOnlySpan<char> text) =>
        Modes is not null && TerminalModes.After(before ?? "", text) is { Length: > 0 } modes ? modes : null;

    /// <summary>The gaps behind so many bytes that are cut off; at the very beginning only where nothing ever was.</summary>
    private ImmutableArray<GapView> Gaps(int cut)
    {
        var gaps = ImmutableArray.CreateBuilder<GapView>();
        var at = 0;
        foreach (var chunk in Chunks)
        {
            Add(chunk.GapBefore);
            at += chunk.Bytes;
        }

        Add(End - TextEnd);
        return gaps.DrainToImmutable();

        void Add(long bytes)
        {
            if (bytes > 0 && (at > cut || (at == 0 && !Cut && cut == 0))) gaps.Add(new(at - cut, bytes));
        }
    }
}

/// <summary>A piece of output, its length in UTF-8, and how many bytes of the stream before it were not kept.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OutputChunk")]
internal sealed record OutputChunk(string Text, int Bytes, long GapBefore = 0);
