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

    /// <summary>
    /// The nearest schema that models' providers take: the root's type is <c>object</c> alone and it has <c>properties</c>. <c>true</c>,
    /// and what is no schema of an object, takes any object; <c>false</c> takes none but the empty one.
    /// </summary>
    public static JsonText Parameters(JsonElement schema) => JsonText.Object(json =>
    {
        json.WriteString("type", "object");
        if (!IsOfObject(schema))
        {
            json.WriteStartObject("properties");
            json.WriteEndObject();
            if (schema.ValueKind == JsonValueKind.False) json.WriteBoolean("additionalProperties", false);
            return;
        }

        WriteProperties(schema, json);
        WriteKeywords(schema, json, keyword => keyword is not ("type" or "properties"));
    });

    private static bool IsOfObject(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) return false;
        if (!schema.TryGetProperty("type", out var type)) return true;
        return type.ValueKind switch
        {
            JsonValueKind.String => type.ValueEquals("object"),
            JsonValueKind.Array => type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("object")),
            _ => false,
        };
    }

    private static void WriteProperties(JsonElement schema, Utf8JsonWriter json)
    {
        json.WritePropertyName("properties");
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            WriteNamed(properties, json);
            return;
        }

        json.WriteStartObject();
        json.WriteEndObject();
    }

    private static void WriteKeywords(JsonElement schema, Utf8JsonWriter json, Func<string, bool>? isWanted = null)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (keyword.NameEquals("default") || isWanted?.Invoke(keyword.Name) == false) continue;
            json.WritePropertyName(keyword.Name);
            if (OfSchema.Contains(keyword.Name)) Write(keyword.Value, json);
            else if (OfSchemas.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array) WriteAll(keyword.Value, json);
            else if (OfNamedSchemas.Contains(keyword.Name)
                && keyword.Value.ValueKind == JsonValueKind.Object) WriteNamed(keyword.Value, json);
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
