using System.Buffers.Binary;

namespace ToolRuntime.Streams.Redis;

/// <summary>What a process publishes on a stream to see whether it is subscribed. No item begins like it: the byte ends an object in what
/// Orleans' serializer writes.</summary>
/// <param name="Process">Whose mark it is; others take no notice.</param>
/// <param name="Cut">Which loss of the connection it comes after.</param>
internal readonly record struct StreamMark(Guid Process, int Cut)
{
    private const byte First = 0xFF;
    private const int Length = 1 + 16 + sizeof(int);

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = First;
        Process.TryWriteBytes(bytes.AsSpan(1));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(17), Cut);
        return bytes;
    }

    /// <summary>The mark that the bytes are, if they are one.</summary>
    public static StreamMark? TryRead(ReadOnlySpan<byte> bytes) =>
        bytes is [First, ..] && bytes.Length == Length ? new(new(bytes.Slice(1, 16)), BinaryPrimitives.ReadInt32LittleEndian(bytes[17..])) : null;
}
