using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>Equality of JSON values: numbers by value, objects in any order.</summary>
internal sealed class JsonEquality : IEqualityComparer<JsonElement>
{
    public static readonly JsonEquality Comparer = new();

    public bool Equals(JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y);

    public int GetHashCode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().GetHashCode(),
        JsonValueKind.String => value.GetString()!.GetHashCode(StringComparison.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Aggregate(17, (hash, item) => unchecked((hash * 31) + GetHashCode(item))),
        JsonValueKind.Object => value.EnumerateObject().Aggregate(23, (hash, member) => unchecked(hash + HashOf(member))),
        var kind => (int)kind,
    };

    private int HashOf(JsonProperty member) => member.Name.GetHashCode(StringComparison.Ordinal) ^ unchecked(GetHashCode(member.Value) * 31);
}
