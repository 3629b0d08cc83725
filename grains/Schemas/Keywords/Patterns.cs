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

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) =>
        context.Instance.ValueKind != JsonValueKind.String
        ? KeywordEvaluation.Ignore
        : new() { Keyword = Name, IsValid = ((SchemaRun)context.Options).IsMatch((Regex)keyword.Value!, context.Instance.GetString()!) };

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
