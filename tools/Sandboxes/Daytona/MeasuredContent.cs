using System.Net;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Bytes that tell how many of them have been sent.</summary>
internal sealed class MeasuredContent(ReadOnlyMemory<byte> bytes, Func<int, ValueTask> written) : HttpContent
{
    private const int Piece = 256 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < bytes.Length; at += Piece)
        {
            var end = Math.Min(at + Piece, bytes.Length);
            await stream.WriteAsync(bytes[at..end], cancellationToken);
            await written(end);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
