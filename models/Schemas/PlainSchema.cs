using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Schemas;

/// <summary>Does without arrays of types and without booleans for schemas, at every depth.</summary>
internal static class PlainSchema
{
    private static readonly string[] OfMaps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
    private static readonly string[] OfOne =
    [
        "items", "additionalProperties", "not", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "if", "then", "else",
    ];

    private static readonly string[] OfLists = ["anyOf", "oneOf", "allOf", "prefixItems"];

    /// <summary>Keywords that say something of one type only.</summary>
    private static readonly Dictionary<string, string[]> OfType = new(StringComparer.Ordinal)
    {
        ["array"] = ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
        ["object"] = ["properties", "required", "additionalProperties", "patternProperties"],
        ["string"] = ["minLength", "maxLength", "pattern", "format"],
    };

    public static void Make(JsonObject schema)
    {
        foreach (var name in OfMaps) Map(schema, name);
        foreach (var name in OfOne)
        {
            if (schema[name] is JsonObject one) Make(one);
            else if (IsBoolean(schema[name])) schema.Remove(name);
        }

        foreach (var name in OfLists) List(schema, name);
        if (schema["type"] is JsonArray types) Types(schema, types);
    }

    private static void Map(JsonObject schema, string name)
    {
        if (schema[name] is not JsonObject map) return;
        foreach (var (key, value) in map.ToArray())
        {
            if (value is JsonObject one) Make(one);
            else if (!IsBoolean(value)) continue;
            else if (value!.GetValue<bool>()) map[key] = new JsonObject();
            else Forbid(schema, map, key);
        }
    }

    private static void Forbid(JsonObject schema, JsonObject map, string key)
    {
        map.Remove(key);
        var required = schema["required"] as JsonArray;
        if (required?.FirstOrDefault(name => name?.ToString() == key) is { } needed) required.Remove(needed);
    }

    /// <summary>True allows anything, so that the list says nothing; false allows nothing, and goes.</summary>
    private static void List(JsonObject schema, string name)
    {
        if (schema[name] is not JsonArray list) return;
        var anything = list.Any(item => IsBoolean(item) && item!.GetValue<bool>()) && name is "anyOf" or "oneOf";
        var rest = list.OfType<JsonObject>().ToArray();
        foreach (var item in rest) Make(item);
        if (anything || rest.Length == 0) schema.Remove(name);
        else if (rest.Length < list.Count) schema[name] = new JsonArray([.. rest.Select(item => item.DeepClone())]);
    }

    /// <summary>One type besides null stands alone; of several each becomes a branch with what is said of it.</summary>
    private static void Types(JsonObject schema, JsonArray types)
    {
        var names = types.Select(type => type?.ToString()).OfType<string>().Distinct().ToArray();
        var some = names.Where(name => name != "null").ToArray();
        schema.Remove("type");
        if (some.Length <= 1 || schema.ContainsKey("anyOf"))
        {
            if (names.Length > 0) schema["type"] = some.Length > 0 ? some[0] : "null";
            return;
        }

        schema["anyOf"] = new JsonArray([.. names.Select(name => Branch(schema, name))]);
        foreach (var keyword in OfType.Values.SelectMany(keywords => keywords)) schema.Remove(keyword);
    }

    private static JsonObject Branch(JsonObject schema, string type)
    {
        var branch = new JsonObject { ["type"] = type };
        foreach (var keyword in OfType.GetValueOrDefault(type) ?? [])
        {
            if (schema[keyword] is { } value) branch[keyword] = value.DeepClone();
        }

        return branch;
    }

    private static bool IsBoolean(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool _);
}
