using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>
/// <c>enum</c>: many options are found by their hash. The library compares them one by one, and throws at numbers beyond a decimal.
/// </summary>
internal sealed class Options : IKeywordHandler
{
    private const int Many = 8;

    public string Name => "enum";

    public object? ValidateKeywordValue(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw new JsonSchemaException("'enum' must be an array");
        return value.GetArrayLength() > Many ? value.EnumerateArray().ToHashSet(new JsonEquality()) : null;
    }

    public void BuildSubschemas(KeywordData keyword, BuildContext context)
    {
    }

    public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) => new()
    {
        Keyword = Name,
        IsValid = keyword.Value is HashSet<JsonElement> options
            ? options.Contains(context.Instance)
            : IsOneOf(keyword.RawValue, context.Instance),
    };

    private static bool IsOneOf(JsonElement options, JsonElement value)
    {
        foreach (var option in options.EnumerateArray())
        {
            if (JsonElement.DeepEquals(option, value)) return true;
        }

        return false;
    }
}
