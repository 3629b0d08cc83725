using System.Buffers.Binary;
using System.Text;

namespace ToolRuntime.Placement;

/// <summary>
/// Rendezvous hashing: each key has an order of preference over all nodes, and goes to the first that is there. So a node that joins takes its share from all
/// others and nothing else moves; of a node that leaves, each key goes to the next of its own order. Pure, and the same in every process.
/// </summary>
internal static class Rendezvous
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The node that a key belongs to; <paramref name="nodes"/> in any order, not empty.</summary>
    public static T Choose<T>(ReadOnlySpan<char> key, IReadOnlyList<T> nodes, Func<T, ulong> identity)
    {
        if (nodes.Count == 1) return nodes[0];
        var hash = Hash(key);
        var (best, bestScore, bestIdentity) = (nodes[0], 0UL, 0UL);
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = identity(nodes[i]);
            var score = Mix(hash ^ Mix(node));
            if (i > 0 && (score, node).CompareTo((bestScore, bestIdentity)) <= 0) continue;
            (best, bestScore, bestIdentity) = (nodes[i], score, node);
        }

        return best;
    }

    /// <summary>What a silo is known by: its address and port, so that one that was restarted there gets back what it had.</summary>
    public static ulong Identity(SiloAddress silo)
    {
        Span<byte> bytes = stackalloc byte[20];
        silo.Endpoint.Address.TryWriteBytes(bytes, out var length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[length..], silo.Endpoint.Port);
        return Hash(bytes[..(length + sizeof(int))]);
    }

    private static ulong Hash(ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[512];
        var length = Encoding.UTF8.GetMaxByteCount(key.Length);
        if (length > bytes.Length) bytes = new byte[length];
        return Hash(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = FnvOffset;
        foreach (var b in bytes) hash = (hash ^ b) * FnvPrime;
        return hash;
    }

    /// <summary>The finalizer of SplitMix64: every bit of what goes in changes half of those that come out.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
