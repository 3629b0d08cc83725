using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>required minProperties maxProperties properties patternProperties additionalProperties</c>.</summary>
internal sealed class ObjectRule(
    IReadOnlyList<string> required, int? minProperties, int? maxProperties, IReadOnlyDictionary<string, SchemaNode> properties,
    IReadOnlyList<(Regex Name, SchemaNode Schema)> patterns, SchemaNode? additional) : SchemaRule
{
    public static ObjectRule? From(SchemaReader schema)
    {
        var (required, minProperties, maxProperties) = (schema.Texts("required"), schema.Count("minProperties"), schema.Count("maxProperties"));
        var (properties, patterns, additional) = (schema.NamedSchemas("properties"), schema.NamedSchemas("patternProperties"), schema.Schema("additionalProperties"));
        return (required, minProperties, maxProperties, properties, patterns, additional) is (null, null, null, null, null, null) ? null : new(
            required ?? [], minProperties, maxProperties, ToDictionary(properties ?? []),
            [.. (patterns ?? []).Select(pattern => (StringRule.Compile(schema, "patternProperties", pattern.Key)!, pattern.Value))], additional);
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        if (value.ValueKind != JsonValueKind.Object) return null;
        foreach (var name in required)
        {
            if (!value.TryGetProperty(name, out _)) return new($"must have the property '{name}'");
        }

        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            count++;
            if (CheckMember(member, run) is { } violation) return violation.Under(member.Name);
        }

        if (count < minProperties) return new($"must have {minProperties} or more properties");
        return count > maxProperties ? new($"must have {maxProperties} or fewer properties") : null;
    }

    private SchemaViolation? CheckMember(JsonProperty member, SchemaRun run)
    {
        var named = properties.TryGetValue(member.Name, out var schema);
        if (named && schema!.Check(member.Value, run) is { } violation) return violation;
        foreach (var (name, matching) in patterns)
        {
            if (!IsMatch(name, member.Name)) continue;
            named = true;
            if (matching.Check(member.Value, run) is { } refused) return refused;
        }

        return named ? null : additional?.Check(member.Value, run);
    }

    // A name that takes too long to match is treated as one that does not: it is then an additional property.
    private static bool IsMatch(Regex pattern, string name)
    {
        try
        {
            return pattern.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Dictionary<string, SchemaNode> ToDictionary(IEnumerable<KeyValuePair<string, SchemaNode>> members)
    {
        var result = new Dictionary<string, SchemaNode>();
        foreach (var (name, schema) in members) result[name] = schema;
        return result;
    }
}
