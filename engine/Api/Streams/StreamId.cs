namespace Orleans.Runtime;

/// <summary>A stream's identity within its provider.</summary>
[GenerateSerializer, Immutable]
public readonly struct StreamId : IEquatable<StreamId>, IComparable<StreamId>
{
    private readonly string? ns;
    private readonly string key;

    private StreamId(string? ns, string key) => (this.ns, this.key) = (ns, key);

    public static StreamId Create(string? ns, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(ns, key);
    }

    public string? GetNamespace() => ns;

    public string GetKeyAsString() => key;

    public bool Equals(StreamId other) => key == other.key && ns == other.ns;

    public override bool Equals(object? obj) => obj is StreamId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(ns, key);

    public int CompareTo(StreamId other) => string.CompareOrdinal(ns, other.ns) is var order and not 0 ? order : string.CompareOrdinal(key, other.key);

    public override string ToString() => $"{ns ?? "null"}/{key}";

    public static bool operator ==(StreamId s1, StreamId s2) => s1.Equals(s2);

    public static bool operator !=(StreamId s1, StreamId s2) => !s1.Equals(s2);
}
