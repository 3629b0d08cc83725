using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace ToolRuntime.Schemas.Keywords;

/// <summary><c>pattern</c> with expressions of ours: the library's know no time-out and less of ECMA-262.</summary>
internal sealed class Pattern : PatternKeyword
{
    public override object? ValidateKeywordValue(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? Compile(value.GetString()!)
        : throw new JsonSchemaException("'pattern' must be a string");

    public static Regex Compile(string pattern)
    {
        try
        {
            return EcmaPattern.Compile(pattern);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw new JsonSchemaException($"'{pattern}' is no usable regular expression", exception);
        }
    }
}

/// <summary><c>patternProperties</c>, likewise.</summary>
internal sealed class PatternProperties : PatternPropertiesKeyword
{
    // The library's Evaluate takes it in this form.
    public override object? ValidateKeywordValue(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().ToDictionary(member => member.Name, member => Pattern.Compile(member.Name))
        : throw new JsonSchemaException("'patternProperties' must be an object");
}

/// <summary><c>additionalProperties</c>; the library would compile the patterns beside it, its own way and for nothing.</summary>
internal sealed class AdditionalProperties : AdditionalPropertiesKeyword
{
    public override void BuildSubschemas(KeywordData keyword, BuildContext context)
    {
        var properties = context.LocalSchema.TryGetProperty("properties", out var named) ? named.GetRawText() : "{}";
        context.LocalSchema = JsonElement.Parse($$"""{"properties":{{properties}}}""");
        base.BuildSubschemas(keyword, context);
    }
}
