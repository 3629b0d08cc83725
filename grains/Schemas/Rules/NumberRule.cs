using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>minimum maximum exclusiveMinimum exclusiveMaximum multipleOf</c>.</summary>
internal sealed class NumberRule(JsonNumber? minimum, JsonNumber? maximum, JsonNumber? above, JsonNumber? below, JsonNumber? factor) : SchemaRule
{
    public static NumberRule? From(SchemaReader schema)
    {
        var rule = (Minimum: schema.Number("minimum"), Maximum: schema.Number("maximum"), Above: schema.Number("exclusiveMinimum"), Below: schema.Number("exclusiveMaximum"), Factor: schema.Number("multipleOf"));
        if (rule.Factor is { Nearest: <= 0 }) throw schema.Malformed("multipleOf", "must be above 0");
        return rule is (null, null, null, null, null) ? null : new(rule.Minimum, rule.Maximum, rule.Above, rule.Below, rule.Factor);
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        if (value.ValueKind != JsonValueKind.Number) return null;
        var number = JsonNumber.Of(value);
        if (minimum is { } least && number.CompareTo(least) < 0) return new($"must be {least} or more");
        if (maximum is { } most && number.CompareTo(most) > 0) return new($"must be {most} or less");
        if (above is { } low && number.CompareTo(low) <= 0) return new($"must be above {low}");
        if (below is { } high && number.CompareTo(high) >= 0) return new($"must be below {high}");
        return factor is { } divisor && !number.IsMultipleOf(divisor) ? new($"must be a multiple of {divisor}") : null;
    }
}
