namespace ToolRuntime.Engine.Cluster;

/// <summary>The key space is cut into 64 partitions; grains that share the first two parts of their key (<c>tenant/session</c>) share a partition.</summary>
internal static class Partition
{
    public const int Count = 64;
    private const int Bits = 6;

    public static int Of(GrainId id) => (int)(UniformHash(id) >> (32 - Bits));

    public static uint UniformHash(GrainId id)
    {
        var key = id.Key.ToString().AsSpan();
        var place = Hash(FirstTwoParts(key), 0);
        var rest = Hash(key, Hash(id.Type.ToString(), 0));
        return (place & ~(uint.MaxValue >> Bits)) | (rest & (uint.MaxValue >> Bits));
    }

    private static ReadOnlySpan<char> FirstTwoParts(ReadOnlySpan<char> key)
    {
        var first = key.IndexOf('/');
        var second = first < 0 ? -1 : key[(first + 1)..].IndexOf('/');
        return second < 0 ? key : key[..(first + 1 + second)];
    }

    // FNV-1a over UTF-16 with a finalizer, because FNV's high bits are poor for short keys. Fixed for ever: stored data depends on it.
    private static uint Hash(ReadOnlySpan<char> text, uint seed)
    {
        var hash = 2166136261u ^ seed;
        foreach (var character in text)
            hash = (hash ^ character) * 16777619u;
        hash ^= hash >> 16;
        hash *= 0x85ebca6bu;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35u;
        return hash ^ (hash >> 16);
    }
}
