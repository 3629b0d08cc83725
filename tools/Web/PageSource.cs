using System.Text;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// A page's text for the parser, which ends early when parsing takes too long: elements nested thousands deep cost it quadratic time, and
/// nothing else makes it stop. UTF-8 with its mark, so that what the page says of its charset no longer counts.
/// </summary>
internal sealed class PageSource(string html, TimeProvider time) : Stream
{
    /// <summary>Ordinary pages of the largest size take a tenth of a second.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly MemoryStream bytes = new([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(html)]);
    private readonly long started = time.GetTimestamp();

    /// <summary>It has ended early.</summary>
    public bool Truncated { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (time.GetElapsedTime(started) < Longest) return bytes.Read(buffer);
        Truncated |= bytes.Position < bytes.Length;
        return 0;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) bytes.Dispose();
        base.Dispose(disposing);
    }
}
