using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>type</c>.</summary>
internal sealed class TypeRule(IReadOnlyList<string> types) : SchemaRule
{
    private static readonly HashSet<string> Known = ["null", "boolean", "object", "array", "number", "string", "integer"];

    private readonly SchemaViolation violation = new($"must be {string.Join(" or ", types)}");

    public static TypeRule? From(SchemaReader schema)
    {
        if (schema.Find("type") is not { } given) return null;
        var types = given.ValueKind == JsonValueKind.String ? [given.GetString()!] : schema.Texts("type")!;
        return types.Count > 0 && types.All(Known.Contains) ? new(types) : throw schema.Malformed("type", "must name types");
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        foreach (var type in types)
        {
            if (Is(value, type)) return null;
        }

        return violation;
    }

    private static bool Is(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && JsonNumber.Of(value).IsInteger),
        _ => false,
    };
}
