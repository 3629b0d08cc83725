using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace ToolRuntime.Schemas.Keywords;

/// <summary><c>properties</c>; the library takes a name's pointer for the name, so that it forgets those with <c>/</c> or <c>~</c>,
/// and checks only the last of those that are there twice.</summary>
internal sealed class Properties : PropertiesKeyword
{
    public override object? ValidateKeywordValue(JsonElement value)
    {
        base.ValidateKeywordValue(value);
        return value.EnumerateObject().Select((member, i) => (member.Name, i))
            .ToFrozenDictionary(at => at.Name, at => at.i, StringComparer.Ordinal);
    }

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (context.Instance.ValueKind != JsonValueKind.Object) return KeywordEvaluation.Ignore;
        var results = new MemberResults(keyword, context);
        var places = (FrozenDictionary<string, int>)keyword.Value!;
        foreach (var member in context.Instance.EnumerateObject())
        {
            if (results.IsDecided) break;
            if (places.TryGetValue(member.Name, out var i)) results.Add(member.Name, member.Value, keyword.Subschemas[i], member.Name);
        }

        // Only unevaluatedProperties asks, and then the library does not optimize.
        return results.ToEvaluation(isAsked: !context.CanOptimize);
    }
}

/// <summary><c>patternProperties</c>, with expressions of ours and likewise.</summary>
internal sealed class PatternProperties : PatternPropertiesKeyword
{
    public override object? ValidateKeywordValue(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().Select(member => Pattern.Compile(member.Name)).ToArray()
        : throw new JsonSchemaException("'patternProperties' must be an object");

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (context.Instance.ValueKind != JsonValueKind.Object) return KeywordEvaluation.Ignore;
        var results = new MemberResults(keyword, context);
        var patterns = (Regex[])keyword.Value!;
        var run = (SchemaRun)context.Options;
        foreach (var member in context.Instance.EnumerateObject())
        {
            for (var i = 0; i < patterns.Length && !results.IsDecided; i++)
            {
                if (run.IsMatch(patterns[i], member.Name))
                {
                    results.Add(member.Name, member.Value, keyword.Subschemas[i], patterns[i].ToString());
                }
            }
        }

        return results.ToEvaluation(isAsked: true);
    }
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
