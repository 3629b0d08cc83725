using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Schemas;

/// <summary>
/// Makes schemas of arguments that every provider takes: at the root an object with <c>properties</c> and without combinators. What a
/// schema loses by that is still checked before
/// a call runs.
/// </summary>
internal static class SchemaFit
{
    private const string NoObject = "its arguments are no object";

    /// <summary>What only decides among objects; at the root no provider takes it.</summary>
    private static readonly string[] Deciding = ["not", "enum", "const", "if", "then", "else", "dependentSchemas", "dependentRequired"];

    /// <summary>The nearest legal schema, or why there is none.</summary>
    public static (JsonElement Schema, string? Unfit) Of(JsonElement schema, bool plainTypes)
    {
        if (schema.ValueKind == JsonValueKind.True) return (JsonElement.Parse("""{"type":"object","properties":{}}"""), null);
        if (schema.ValueKind != JsonValueKind.Object) return (schema, NoObject);
        try
        {
            var whole = JsonNode.Parse(schema.GetRawText(), null, new() { MaxDepth = SchemaMerge.MaxDepth })!.AsObject();
            if (SchemaMerge.Flat(whole, whole, 0) is not { } root) return (schema, "its schema refers to something that is not in it");
            foreach (var name in Deciding) root.Remove(name);
            if (!IsObject(root["type"])) return (schema, NoObject);
            root["type"] = "object";
            if (root["properties"] is not JsonObject) root["properties"] = new JsonObject();
            if (plainTypes) PlainSchema.Make(root);
            return (JsonSerializer.SerializeToElement(root), null);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return (schema, "its schema can't be read");
        }
    }

    private static bool IsObject(JsonNode? type) => type switch
    {
        null => true,
        JsonArray several => several.Any(IsName),
        _ => IsName(type),
    };

    private static bool IsName(JsonNode? type) => type is JsonValue value && value.TryGetValue(out string? name) && name == "object";
}
