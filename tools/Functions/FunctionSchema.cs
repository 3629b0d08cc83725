using System.Text.Json;

namespace ToolRuntime.Tools.Functions;

/// <summary>
/// A foreign schema as the schema of a tool's arguments: an object's, without <c>default</c>. Keywords that our validator does not check
/// (<c>format</c>, <c>contentMediaType</c>, ..) stay in it for the model to read and for the function to check; a <c>$ref</c> that is
/// not local is refused when the catalogue is made, with the tool's name.
/// </summary>
internal static class FunctionSchema
{
    private static readonly HashSet<string> OfSchema =
        ["additionalProperties", "items", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"];

    private static readonly HashSet<string> OfSchemas = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly HashSet<string> OfNamedSchemas = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    public static JsonText Parameters(JsonElement schema) => JsonText.Object(json =>
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out _)) json.WriteString("type", "object");
        if (schema.ValueKind == JsonValueKind.Object) WriteKeywords(schema, json);
    });

    private static void WriteKeywords(JsonElement schema, Utf8JsonWriter json)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (keyword.NameEquals("default")) continue;
            json.WritePropertyName(keyword.Name);
            if (OfSchema.Contains(keyword.Name)) Write(keyword.Value, json);
            else if (OfSchemas.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array) WriteAll(keyword.Value, json);
            else if (OfNamedSchemas.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object) WriteNamed(keyword.Value, json);
            else keyword.Value.WriteTo(json);
        }
    }

    private static void Write(JsonElement schema, Utf8JsonWriter json)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        WriteKeywords(schema, json);
        json.WriteEndObject();
    }

    private static void WriteAll(JsonElement schemas, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var schema in schemas.EnumerateArray()) Write(schema, json);
        json.WriteEndArray();
    }

    private static void WriteNamed(JsonElement schemas, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var schema in schemas.EnumerateObject())
        {
            json.WritePropertyName(schema.Name);
            Write(schema.Value, json);
        }

        json.WriteEndObject();
    }
}
