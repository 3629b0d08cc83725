using System.Text.Json;
using Json.Schema;
using Json.Schema.Keywords;
using Tuple = Json.Schema.Keywords.Draft06.ItemsKeyword;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>
/// <c>items</c> of draft 2020-12. An array of schemas, as older drafts have it, is taken for <c>prefixItems</c>: many a schema does not say
/// which draft it is of. After <c>prefixItems</c> the library counts the places from 0.
/// </summary>
internal sealed class Items : ItemsKeyword
{
    public override object? ValidateKeywordValue(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? Tuple.Instance.ValidateKeywordValue(value) : base.ValidateKeywordValue(value);

    public override void BuildSubschemas(KeywordData keyword, BuildContext context)
    {
        if (keyword.RawValue.ValueKind == JsonValueKind.Array) Tuple.Instance.BuildSubschemas(keyword, context);
        else base.BuildSubschemas(keyword, context);
    }

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (keyword.RawValue.ValueKind == JsonValueKind.Array) return Tuple.Instance.Evaluate(keyword, context);
        return keyword.Value is int first and > 0 && context.Instance.ValueKind == JsonValueKind.Array
            ? EvaluateFrom(first, keyword.Subschemas[0], context)
            : base.Evaluate(keyword, context);
    }

    private KeywordEvaluation EvaluateFrom(int first, JsonSchemaNode schema, EvaluationContext context)
    {
        var path = context.EvaluationPath.Combine(Name);
        var results = context.Instance.EnumerateArray().Skip(first).Select((item, i) => schema.Evaluate(context with
        {
            EvaluationPath = path,
            InstanceLocation = context.InstanceLocation.Combine(first + i),
            Instance = item,
        })).ToArray();
        return new()
        {
            Keyword = Name,
            IsValid = Array.TrueForAll(results, result => result.IsValid),
            Details = results,
            Annotation = JsonElement.Parse("true"),
        };
    }
}
