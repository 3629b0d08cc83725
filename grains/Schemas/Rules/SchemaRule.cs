using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary>One constraint of a schema. Those that speak of one kind of value let every other kind pass.</summary>
internal abstract class SchemaRule
{
    /// <summary>Null if the value fits.</summary>
    public abstract SchemaViolation? Check(JsonElement value, SchemaRun run);

    /// <summary>The rules of a schema, cheap ones first.</summary>
    public static IEnumerable<SchemaRule> RulesOf(SchemaReader schema)
    {
        SchemaRule?[] rules =
        [
            TypeRule.From(schema), ValueRule.From(schema), NumberRule.From(schema), StringRule.From(schema), ArrayRule.From(schema), ObjectRule.From(schema),
            ReferenceRule.From(schema), AllOfRule.From(schema), AnyOfRule.From(schema), OneOfRule.From(schema), NotRule.From(schema), IfRule.From(schema),
        ];
        return rules.OfType<SchemaRule>();
    }
}

/// <summary>The schema <c>false</c>.</summary>
internal sealed class NothingRule : SchemaRule
{
    public override SchemaViolation? Check(JsonElement value, SchemaRun run) => new("is not allowed");
}
