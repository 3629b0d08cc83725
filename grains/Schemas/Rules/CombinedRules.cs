using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>$ref</c>.</summary>
internal sealed class ReferenceRule(SchemaNode target) : SchemaRule
{
    public static ReferenceRule? From(SchemaReader schema) => schema.Text("$ref") is { } reference ? new(schema.Resolve(reference)) : null;

    public override SchemaViolation? Check(JsonElement value, SchemaRun run) => target.Check(value, run);
}

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfRule(SchemaNode[] schemas) : SchemaRule
{
    public static AllOfRule? From(SchemaReader schema) => schema.Schemas("allOf") is { } schemas ? new(schemas) : null;

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        foreach (var schema in schemas)
        {
            if (schema.Check(value, run) is { } violation) return violation;
        }

        return null;
    }
}

/// <summary><c>anyOf</c>; with a single alternative left to try, its own reason is the best.</summary>
internal sealed class AnyOfRule(SchemaNode[] schemas) : SchemaRule
{
    public static AnyOfRule? From(SchemaReader schema) => schema.Schemas("anyOf") is { } schemas ? new(schemas) : null;

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        SchemaViolation? violation = null;
        foreach (var schema in schemas)
        {
            violation = schema.Check(value, run);
            if (violation is null) return null;
        }

        return schemas.Length == 1 ? violation : new("must fit one of several schemas and fits none");
    }
}

/// <summary><c>oneOf</c>.</summary>
internal sealed class OneOfRule(SchemaNode[] schemas) : SchemaRule
{
    public static OneOfRule? From(SchemaReader schema) => schema.Schemas("oneOf") is { } schemas ? new(schemas) : null;

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        var fitting = schemas.Count(schema => schema.Fits(value, run));
        return fitting == 1 ? null : new($"must fit exactly one of several schemas and fits {fitting}");
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotRule(SchemaNode schema) : SchemaRule
{
    public static NotRule? From(SchemaReader schema) => schema.Schema("not") is { } refused ? new(refused) : null;

    public override SchemaViolation? Check(JsonElement value, SchemaRun run) => schema.Fits(value, run) ? new("must not fit the schema in 'not'") : null;
}

/// <summary><c>if then else</c>.</summary>
internal sealed class IfRule(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : SchemaRule
{
    public static IfRule? From(SchemaReader schema)
    {
        var (condition, then, otherwise) = (schema.Schema("if"), schema.Schema("then"), schema.Schema("else"));
        return condition is null || (then is null && otherwise is null) ? null : new(condition, then, otherwise);
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run) => (condition.Fits(value, run) ? then : otherwise)?.Check(value, run);
}
