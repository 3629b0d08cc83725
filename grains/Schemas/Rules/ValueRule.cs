using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>enum</c> and <c>const</c>.</summary>
internal sealed class ValueRule(IReadOnlyList<JsonElement>? options, JsonElement? constant) : SchemaRule
{
    public static ValueRule? From(SchemaReader schema)
    {
        var options = schema.Find("enum");
        var constant = schema.Find("const");
        if (options is { ValueKind: not JsonValueKind.Array }) throw schema.Malformed("enum", "must be an array");
        return options is null && constant is null ? null : new(options?.EnumerateArray().ToArray(), constant);
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        if (constant is { } only && !JsonElement.DeepEquals(only, value)) return new($"must be {only.GetRawText()}");
        if (options is null) return null;
        foreach (var option in options)
        {
            if (JsonElement.DeepEquals(option, value)) return null;
        }

        return new($"must be one of {string.Join(", ", options.Select(option => option.GetRawText()))}");
    }
}
