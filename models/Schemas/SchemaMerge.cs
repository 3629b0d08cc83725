using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Schemas;

/// <summary>Takes references and combinators at a schema's root apart, and puts their properties into one object.</summary>
internal static class SchemaMerge
{
    public const int MaxDepth = 64;

    /// <summary>The schema without a reference or combinator at its root; null if a reference leads nowhere.</summary>
    public static JsonObject? Flat(JsonObject schema, JsonObject whole, int depth)
    {
        if (depth > 16 || Referred(schema, whole) is not { } target) return null;
        var flat = target.DeepClone().AsObject();
        if (schema.ContainsKey("$ref"))
        {
            if (Flat(flat, whole, depth + 1) is not { } deeper) return null;
            flat = deeper;
            foreach (var (name, value) in schema)
            {
                if (name != "$ref") flat[name] = value?.DeepClone();
            }
        }

        foreach (var (combinator, all) in new[] { ("allOf", true), ("anyOf", false), ("oneOf", false) })
        {
            if (flat[combinator] is not JsonArray branches) continue;
            flat.Remove(combinator);
            var flatBranches = new List<JsonObject>();
            foreach (var branch in branches.OfType<JsonObject>())
            {
                if (Flat(branch, whole, depth + 1) is not { } flatBranch) return null;
                if (flatBranch["type"] is null or JsonArray || flatBranch["type"]!.ToString() == "object") flatBranches.Add(flatBranch);
            }

            Merge(flat, flatBranches, all);
        }

        return flat;
    }

    /// <summary>Properties of all branches; required is what every one requires, or any of <c>allOf</c>.</summary>
    private static void Merge(JsonObject into, List<JsonObject> branches, bool all)
    {
        var properties = into["properties"] as JsonObject;
        if (properties is null) into["properties"] = properties = [];
        foreach (var (name, value) in branches.SelectMany(branch => branch["properties"] as JsonObject ?? []))
        {
            if (!properties.TryGetPropertyValue(name, out var known)) properties[name] = value?.DeepClone();
            else if (!all && !JsonNode.DeepEquals(known, value)) properties[name] = Either(known, value);
        }

        var required = branches.Select(Required).ToArray();
        var needed = all || required.Length == 0 ? required.SelectMany(each => each) : required.Aggregate(
            (some, more) => [.. some.Intersect(more)]);
        var names = Required(into).Union(needed).ToArray();
        if (names.Length > 0) into["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
    }

    private static JsonObject Either(JsonNode? one, JsonNode? other)
    {
        if (one is JsonObject { Count: 1 } several && several["anyOf"] is JsonArray known)
        {
            var more = known.DeepClone().AsArray();
            if (!more.Any(branch => JsonNode.DeepEquals(branch, other))) more.Add(other?.DeepClone());
            return new() { ["anyOf"] = more };
        }

        return new() { ["anyOf"] = new JsonArray(one?.DeepClone(), other?.DeepClone()) };
    }

    private static string[] Required(JsonObject schema) =>
        [.. (schema["required"] as JsonArray ?? []).OfType<JsonValue>().Select(name => name.TryGetValue(out string? text) ? text : null).OfType<string>()];

    private static JsonObject? Referred(JsonObject schema, JsonObject whole)
    {
        if (schema["$ref"] is not { } reference) return schema;
        if (reference is not JsonValue value || !value.TryGetValue(out string? path) || !path.StartsWith('#')) return null;
        JsonNode? found = whole;
        foreach (var step in path.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            found = (found as JsonObject)?[name];
        }

        return found as JsonObject;
    }
}
