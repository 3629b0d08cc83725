using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>Equality of JSON values: numbers by value, objects in any order.</summary>
/// <param name="maxComparisons">
/// Values can be made to share a hash, so that each is compared with all others: past this many, they are refused. One that has it serves
/// one thread.
/// </param>
internal sealed class JsonEquality(long? maxComparisons = null) : IEqualityComparer<JsonElement>
{
    private long comparisons;

    public bool Equals(JsonElement x, JsonElement y) =>
        maxComparisons is not { } max || ++comparisons <= max ? JsonElement.DeepEquals(x, y) : throw new SchemaRun.RefusedException(
            SchemaRun.TooManySteps);

    public int GetHashCode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().GetHashCode(),
        JsonValueKind.String => value.GetString()!.GetHashCode(StringComparison.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Aggregate(17, (hash, item) => unchecked((hash * 31) + GetHashCode(item))),
        JsonValueKind.Object => value.EnumerateObject().Aggregate(23, (hash, member) => unchecked(hash + HashOf(member))),
        var kind => (int)kind,
    };

    private int HashOf(JsonProperty member) =>
        member.Name.GetHashCode(StringComparison.Ordinal) ^ unchecked(GetHashCode(member.Value) * 31);
}
