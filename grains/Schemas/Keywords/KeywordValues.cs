using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>Refuses values of keywords that the library takes and the specification doesn't.</summary>
internal static class KeywordValues
{
    public static void Check(string keyword, JsonElement value)
    {
        switch (keyword, value.ValueKind)
        {
            case ("type", JsonValueKind.Array) when value.GetArrayLength() == 0:
                throw new JsonSchemaException("'type' must name a type");
            case ("multipleOf", JsonValueKind.Number) when value.GetDouble() <= 0:
                throw new JsonSchemaException("'multipleOf' must be above 0");
            case ("items" or "prefixItems", JsonValueKind.Array) when value.GetArrayLength() == 0:
                throw new JsonSchemaException($"'{keyword}' must have a schema in it");
        }
    }
}
