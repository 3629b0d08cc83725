using System.Buffers;
using System.Globalization;

namespace ToolRuntime.Gateway.Connections;

/// <summary>A growing buffer from the shared pool; holds nothing while it is released.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 4_096;

    private byte[] rented = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => rented.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    public void Write(long number)
    {
        number.TryFormat(GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        Length += written;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return rented.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return rented.AsSpan(Length);
    }

    /// <summary>Gives the memory back; the buffer is empty and usable again.</summary>
    public void Release()
    {
        if (rented.Length > 0) ArrayPool<byte>.Shared.Return(rented);
        (rented, Length) = ([], 0);
    }

    public void Dispose() => Release();

    private void Grow(int more)
    {
        if (rented.Length - Length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, Math.Max(Length + more, rented.Length * 2)));
        Written.Span.CopyTo(larger);
        if (rented.Length > 0) ArrayPool<byte>.Shared.Return(rented);
        rented = larger;
    }
}
