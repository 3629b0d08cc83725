using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Schemas.Rules;

/// <summary><c>minLength maxLength pattern</c>; lengths count characters, not UTF-16 units.</summary>
internal sealed class StringRule(int? minLength, int? maxLength, Regex? pattern, string? patternText) : SchemaRule
{
    public static StringRule? From(SchemaReader schema)
    {
        var (minLength, maxLength, pattern) = (schema.Count("minLength"), schema.Count("maxLength"), schema.Text("pattern"));
        return minLength is null && maxLength is null && pattern is null ? null : new(minLength, maxLength, Compile(schema, "pattern", pattern), pattern);
    }

    public static Regex? Compile(SchemaReader schema, string keyword, string? pattern)
    {
        try
        {
            return pattern is null ? null : EcmaPattern.Compile(pattern);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw schema.Malformed(keyword, $"'{pattern}' is no usable regular expression", exception);
        }
    }

    public override SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!;
        if (minLength is not null || maxLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (length < minLength) return new($"must have {minLength} or more characters");
            if (length > maxLength) return new($"must have {maxLength} or fewer characters");
        }

        try
        {
            return pattern is null || pattern.IsMatch(text) ? null : new($"must match {patternText}");
        }
        catch (RegexMatchTimeoutException)
        {
            return new($"takes too long to match {patternText}");
        }
    }
}
