using System.Text.Json;
using Json.Schema;
using Json.Schema.Keywords;

namespace ToolRuntime.Schemas.Keywords;

/// <summary><c>dependentSchemas</c>; the library forgets names with <c>/</c> or <c>~</c>.</summary>
internal sealed class DependentSchemas : DependentSchemasKeyword
{
    public override void BuildSubschemas(KeywordData keyword, BuildContext context)
    {
        base.BuildSubschemas(keyword, context);
        keyword.Value = keyword.RawValue.EnumerateObject().Select(member => member.Name).ToArray();
    }

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (context.Instance.ValueKind != JsonValueKind.Object) return KeywordEvaluation.Ignore;
        var names = (string[])keyword.Value!;
        var results = keyword.Subschemas.Where((schema, i) => context.Instance.TryGetProperty(names[i], out JsonElement _))
            .Select(schema => schema.Evaluate(context with { EvaluationPath = context.EvaluationPath.Combine(Name) })).ToArray();
        return new() { Keyword = Name, IsValid = Array.TrueForAll(results, result => result.IsValid), Details = results };
    }
}
