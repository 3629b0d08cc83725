using System.Buffers.Binary;
using System.Text;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// What is in the parts of an archived log. The first one has its snapshot: the length of its version, the version, the state; no bytes
/// where there is none. Those after it have its entries in order: each its length, and itself as <see cref="EntryCodec"/> has it.
/// </summary>
internal static class ArchivedParts
{
    public const int Snapshot = 0, FirstEntries = 1;

    public static byte[] Encode(string version, byte[] state) =>
        version.Length == 0 ? [] : [(byte)Encoding.ASCII.GetByteCount(version), .. Encoding.ASCII.GetBytes(version), .. state];

    public static (string Version, byte[] State) DecodeSnapshot(byte[] part) =>
        part.Length == 0 ? ("", []) : (Encoding.ASCII.GetString(part.AsSpan(1, part[0])), part[(1 + part[0])..]);

    public static byte[] Encode(IReadOnlyCollection<byte[]> entries)
    {
        var bytes = new byte[entries.Sum(entry => sizeof(int) + entry.Length)];
        var rest = bytes.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, entry.Length);
            entry.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + entry.Length)..];
        }

        return bytes;
    }

    public static List<ReadOnlyMemory<byte>> DecodeEntries(ReadOnlyMemory<byte> part)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        while (!part.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(part.Span);
            entries.Add(part.Slice(sizeof(int), length));
            part = part[(sizeof(int) + length)..];
        }

        return entries;
    }
}
