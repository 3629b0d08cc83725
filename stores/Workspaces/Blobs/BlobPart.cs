namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>A part of a stream that others read parts of at the same time, each from where it is; <paramref name="turn"/> is theirs together.</summary>
internal sealed class BlobPart(Stream whole, SemaphoreSlim turn, long from, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        turn.Wait();
        try
        {
            whole.Position = from + Position;
            return Passed(whole.Read(buffer[..Within(buffer.Length)]));
        }
        finally
        {
            turn.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            whole.Position = from + Position;
            return Passed(await whole.ReadAsync(buffer[..Within(buffer.Length)], cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            turn.Release();
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Within(int count) => (int)Math.Clamp(length - Position, 0, count);

    private int Passed(int read)
    {
        Position += read;
        return read;
    }
}
