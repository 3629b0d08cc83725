namespace ToolRuntime.Models.Providers;

/// <summary>
/// An answer's bytes. They may pause, but not for longer than allowed, and comments are no sign of life; no event may be endless.
/// </summary>
internal sealed class AnswerStream(Stream inner, ProviderOptions options, TimeProvider time) : Stream
{
    /// <summary>What an event may have besides text, and escapes in it.</summary>
    private const int EventOverhead = 1024 * 1024;

    private CancellationTokenSource? silent;
    private long eventBytes;
    private bool inLine;
    private bool inComment;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What has been read so far was an event, or several.</summary>
    public void BeginEvent() => eventBytes = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var clock = silent ??= new(options.IdleTimeout, time);
        var read = await Silence.LimitAsync(
            token => inner.ReadAsync(buffer, token).AsTask(), clock, options.IdleTimeout, cancellationToken);
        eventBytes += read;
        if (eventBytes > (2L * options.MaxAnswerBytes) + EventOverhead) throw Answer.TooLong(options);
        if (!IsLife(buffer.Span[..read])) return read;
        clock.Dispose();
        silent = null;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            silent?.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Whether there is more than comments (lines that begin with a colon) and ends of lines.</summary>
    private bool IsLife(ReadOnlySpan<byte> bytes)
    {
        var life = false;
        foreach (var b in bytes)
        {
            if (b is (byte)'\n' or (byte)'\r')
            {
                inLine = inComment = false;
                continue;
            }

            if (!inLine) inComment = b == ':';
            inLine = true;
            life |= !inComment;
        }

        return life;
    }
}
