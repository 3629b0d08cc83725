using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>
/// Our checks of single values: of the keyword's value, then the one in question. What speaks of another kind of value lets it pass.
/// </summary>
internal static class Checks
{
    private const long ComparisonsPerItem = 8;

    public static bool IsSame(JsonElement wanted, JsonElement value) => JsonElement.DeepEquals(wanted, value);

    public static bool IsAtLeast(JsonElement limit, JsonElement value) => !IsNumber(value) || Compare(value, limit) >= 0;

    public static bool IsAtMost(JsonElement limit, JsonElement value) => !IsNumber(value) || Compare(value, limit) <= 0;

    public static bool IsAbove(JsonElement limit, JsonElement value) => !IsNumber(value) || Compare(value, limit) > 0;

    public static bool IsBelow(JsonElement limit, JsonElement value) => !IsNumber(value) || Compare(value, limit) < 0;

    public static bool IsMultiple(JsonElement factor, JsonElement value) =>
        !IsNumber(value) || JsonNumber.Of(value).IsMultipleOf(JsonNumber.Of(factor));

    public static bool IsLongEnough(JsonElement limit, JsonElement value) =>
        value.ValueKind != JsonValueKind.String || Length(value) >= limit.GetDouble();

    public static bool IsShortEnough(JsonElement limit, JsonElement value) =>
        value.ValueKind != JsonValueKind.String || Length(value) <= limit.GetDouble();

    public static bool HasNoTwins(JsonElement wanted, JsonElement value)
    {
        if (wanted.ValueKind != JsonValueKind.True || value.ValueKind != JsonValueKind.Array) return true;
        var seen = new HashSet<JsonElement>(new JsonEquality(ComparisonsPerItem * value.GetArrayLength()));
        return value.EnumerateArray().All(seen.Add);
    }

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static int Compare(JsonElement value, JsonElement limit) => JsonNumber.Of(value).CompareTo(JsonNumber.Of(limit));

    // Characters, not UTF-16 units.
    private static int Length(JsonElement value) => value.GetString()!.EnumerateRunes().Count();
}
