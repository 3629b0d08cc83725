namespace Orleans.Runtime;

/// <summary>A piece of an identity with its hash computed once.</summary>
[GenerateSerializer, Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly string? value;
    private readonly int hash;

    private IdSpan(string value)
    {
        this.value = value;
        hash = value.GetHashCode(StringComparison.Ordinal);
    }

    public bool IsDefault => value is null;

    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(id);
    }

    public bool Equals(IdSpan other) => hash == other.hash && string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => hash;

    public int CompareTo(IdSpan other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "";

    public static bool operator ==(IdSpan a, IdSpan b) => a.Equals(b);

    public static bool operator !=(IdSpan a, IdSpan b) => !a.Equals(b);
}
