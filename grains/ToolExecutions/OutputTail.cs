using System.Collections.Immutable;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Views;

namespace ToolRuntime.ToolExecutions;

/// <summary>
/// The last 64 KB of one output stream. Kept in the chunks it came in, so that adding costs nothing; cut to size when it is shown.
/// <c>TextEnd</c> is where the kept text ends in the stream; <c>End</c>, what was counted but not kept included, is the next offset.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OutputTail")]
internal sealed record OutputTail(ImmutableQueue<OutputChunk> Chunks, int Bytes, long TextEnd, long End, long Dropped)
{
    public const int KeptBytes = 65_536;

    public static OutputTail Empty { get; } = new([], 0, 0, 0, 0);

    public OutputTail Add(ToolOutput output)
    {
        var (text, raw) = output.Base64 is { } base64 ? Decode(base64) : (output.Text ?? "", -1);
        var size = Encoding.UTF8.GetByteCount(text);
        var end = output.Offset + (raw < 0 ? size : raw);
        var chunks = size == 0 ? Chunks : Chunks.Enqueue(new(text, size));
        var bytes = Bytes + size;
        while (!chunks.IsEmpty && bytes - chunks.Peek().Bytes >= KeptBytes)
        {
            bytes -= chunks.Peek().Bytes;
            chunks = chunks.Dequeue();
        }

        return new(chunks, bytes, end, end + (output.Dropped ?? 0), Dropped + (output.Dropped ?? 0));
    }

    public StreamView ToView()
    {
        var text = new StringBuilder(Bytes);
        foreach (var chunk in Chunks) text.Append(chunk.Text);
        var cut = 0;
        var bytes = Bytes;
        while (bytes > KeptBytes)
        {
            var rune = Rune.GetRuneAt(text.ToString(cut, Math.Min(2, text.Length - cut)), 0);
            bytes -= rune.Utf8SequenceLength;
            cut += rune.Utf16SequenceLength;
        }

        return new(text.ToString(cut, text.Length - cut), Math.Max(0, TextEnd - bytes), Dropped == 0 ? null : Dropped);
    }

    /// <summary>Where the kept text ends, without it.</summary>
    public StreamView ToEnd() => new("", TextEnd, Dropped == 0 ? null : Dropped);

    private static (string Text, int Raw) Decode(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        return (Encoding.UTF8.GetString(bytes), bytes.Length);
    }
}

/// <summary>A piece of output and its length in UTF-8.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OutputChunk")]
internal sealed record OutputChunk(string Text, int Bytes);
