using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>minItems maxItems uniqueItems prefixItems items</c>. An array of schemas in <c>items</c>, as older drafts have it, is taken for <c>prefixItems</c>.</summary>
internal sealed class ArrayRule(int? minItems, int? maxItems, bool unique, SchemaNode[] prefix, SchemaNode? items) : SchemaRule
{
    public static ArrayRule? From(SchemaReader schema)
    {
        var (minItems, maxItems, unique) = (schema.Count("minItems"), schema.Count("maxItems"), schema.Flag("uniqueItems"));
        var isTuple = schema.Find("items") is { ValueKind: JsonValueKind.Array };
        var prefix = schema.Schemas(isTuple ? "items" : "prefixItems");
        var items = isTuple ? null : schema.Schema("items");
        return minItems is null && maxItems is null && !unique && prefix is null && items is null ? null : new(minItems, maxItems, unique, prefix ?? [], items);
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        var length = value.GetArrayLength();
        if (length < minItems) return new($"must have {minItems} or more items");
        if (length > maxItems) return new($"must have {maxItems} or fewer items");
        if (unique && HasTwins(value)) return new("must have no item twice");
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var schema = index < prefix.Length ? prefix[index] : items;
            if (schema?.Check(item, run) is { } violation) return violation.Under(index.ToString(CultureInfo.InvariantCulture));
            index++;
        }

        return null;
    }

    private static bool HasTwins(JsonElement array)
    {
        var seen = new HashSet<JsonElement>(JsonEquality.Comparer);
        return array.EnumerateArray().Any(item => !seen.Add(item));
    }
}
