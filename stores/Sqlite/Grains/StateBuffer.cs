using System.Buffers;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Bytes of a state on their way to the file, in memory that is used again: snapshots are large and written often.</summary>
internal sealed class StateBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 4_096;

    private byte[] bytes = ArrayPool<byte>.Shared.Rent(Smallest);
    private int length;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Require(Math.Max(sizeHint, 1));
        return bytes.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Once, when nobody reads it any more.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    private void Require(int more)
    {
        if (bytes.Length - length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, 2 * bytes.Length));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
