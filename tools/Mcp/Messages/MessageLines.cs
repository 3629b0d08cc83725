using System.Buffers;
using System.IO.Pipelines;

namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>
/// The messages of a stdio server, a line each, made readable (<see cref="ReadableMessage"/>). Fails at one that is too long, which the
/// package would gather in memory.
/// </summary>
internal sealed class MessageLines(Stream inner, int maxMessage) : PulledStream
{
    private const int BlockBytes = 64 * 1024;

    private readonly PipeReader lines = PipeReader.Create(inner, new(bufferSize: BlockBytes));

    protected override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        for (long seen = 0; ;)
        {
            var read = await lines.ReadAsync(cancellationToken);
            if (read.Buffer.Slice(seen).PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, read.Buffer.GetPosition(1, end));
                if (line.Length > maxMessage) throw TooLong();
                var message = line.ToArray();
                lines.AdvanceTo(line.End);
                return Readable(message);
            }

            seen = read.Buffer.Length;
            if (seen > maxMessage) throw TooLong();
            if (read.IsCompleted)
            {
                // Half a message is none.
                lines.AdvanceTo(read.Buffer.End);
                return null;
            }

            lines.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Readable(byte[] line) =>
        ReadableMessage.Of(line.AsSpan().TrimEnd("\r\n"u8)) is { } readable ? [.. readable, (byte)'\n'] : line;

    private IOException TooLong() => new($"A message is longer than {maxMessage} bytes.");
}
