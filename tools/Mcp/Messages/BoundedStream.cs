namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>Passes a stream on and fails when more was read of it than one message may have, since the last restart.</summary>
internal sealed class BoundedStream(Stream inner, int maxMessage) : PulledStream
{
    private readonly byte[] block = new byte[16 * 1024];
    private long length;

    /// <summary>Ends reads, besides their own tokens.</summary>
    public CancellationToken Cancellation { get; set; }

    public void Restart() => length = 0;

    protected override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Cancellation);
        var read = await inner.ReadAsync(block, either.Token);
        if (read == 0) return null;
        length += read;
        return length <= maxMessage ? block.AsMemory(0, read) : throw new IOException($"A message is longer than {maxMessage} bytes.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
