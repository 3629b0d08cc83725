using System.Text.Json;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>minimum maximum exclusiveMinimum exclusiveMaximum multipleOf</c>.</summary>
internal sealed class NumberRule(JsonNumber? minimum, JsonNumber? maximum, JsonNumber? above, JsonNumber? below, JsonNumber? factor) : SchemaRule
{
    public static NumberRule? From(SchemaReader schema)
    {
        var (minimum, maximum, factor) = (schema.Number("minimum"), schema.Number("maximum"), schema.Number("multipleOf"));
        var (above, below) = (schema.Number("exclusiveMinimum"), schema.Number("exclusiveMaximum"));
        if (factor is { Nearest: <= 0 }) throw schema.Malformed("multipleOf", "must be above 0");
        return (minimum, maximum, above, below, factor) is (null, null, null, null, null) ? null : new(minimum, maximum, above, below, factor);
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
