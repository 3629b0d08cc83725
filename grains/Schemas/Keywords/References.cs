using System.Text.Json;
using Json.Schema;
using Json.Schema.Keywords;

namespace ToolRuntime.Schemas.Keywords;

/// <summary><c>$ref</c>, counted: all that goes in circles goes through it. A class of the library's, which asks for it by type.</summary>
internal sealed class Reference : RefKeyword
{
    public override object? ValidateKeywordValue(JsonElement value)
    {
        LocalReference.Check(value);
        return base.ValidateKeywordValue(value);
    }

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        var run = (SchemaRun)context.Options;
        run.Enter(context);
        var result = base.Evaluate(keyword, context);
        run.Leave();
        return result;
    }
}

/// <summary><c>$dynamicRef</c>, counted.</summary>
internal sealed class DynamicReference : Json.Schema.Keywords.Draft202012.DynamicRefKeyword
{
    public override object? ValidateKeywordValue(JsonElement value)
    {
        LocalReference.Check(value);
        return base.ValidateKeywordValue(value);
    }

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        var run = (SchemaRun)context.Options;
        run.Enter(context);
        var result = base.Evaluate(keyword, context);
        run.Leave();
        return result;
    }
}

/// <summary>Other documents are out of reach.</summary>
internal static class LocalReference
{
    public static void Check(JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String) throw new KeywordException(reference, "must be a string");
        if (!reference.GetString()!.StartsWith('#')) throw new KeywordException(reference, $"'{reference}' is not local");
    }
}

/// <summary>The library leaves a reference that leads nowhere to the first validation.</summary>
internal static class References
{
    public static void Check(JsonSchemaNode root)
    {
        var seen = new HashSet<JsonSchemaNode> { root };
        var open = new Stack<JsonSchemaNode>(seen);
        while (open.TryPop(out var node))
        {
            foreach (var keyword in node.Keywords)
            {
                if (keyword is { Handler: Reference, Subschemas: [] })
                {
                    throw new KeywordException(keyword.RawValue, $"'{keyword.RawValue}' leads nowhere");
                }

                foreach (var next in keyword.Subschemas.Where(seen.Add)) open.Push(next);
            }
        }
    }
}
