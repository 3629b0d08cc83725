using Json.Schema;
using Json.Schema.Keywords;

namespace ToolRuntime.Schemas.Keywords;

/// <summary><c>$ref</c>, counted: all that goes in circles goes through it. A class of the library's, which asks for it by type.</summary>
internal sealed class Reference : RefKeyword
{
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
    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        var run = (SchemaRun)context.Options;
        run.Enter(context);
        var result = base.Evaluate(keyword, context);
        run.Leave();
        return result;
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
                if (keyword is { Handler: Reference, Subschemas: [] }) throw new JsonSchemaException($"'{keyword.RawValue}' leads nowhere");
                foreach (var next in keyword.Subschemas.Where(seen.Add)) open.Push(next);
            }
        }
    }
}
