using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>
/// A keyword of the library, counted and with our words. <paramref name="fits"/> stands in for its own check where that is wrong or unsafe.
/// </summary>
internal class Keyword(IKeywordHandler inner, Func<JsonElement, JsonElement, bool>? fits = null) : IKeywordHandler
{
    private readonly bool looksUp = inner.Name is "required" or "patternProperties" or "dependentRequired" or "dependentSchemas" or "dependencies";

    public string Name => inner.Name;

    public object? ValidateKeywordValue(JsonElement value)
    {
        try
        {
            KeywordValues.Check(Name, value);
            return inner.ValidateKeywordValue(value);
        }
        catch (Exception exception) when (KeywordException.IsRefusal(exception))
        {
            throw new KeywordException(value, exception.Message, exception);
        }
    }

    public void BuildSubschemas(KeywordData keyword, BuildContext context) => inner.BuildSubschemas(keyword, context);

    public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        var run = (SchemaRun)context.Options;
        run.Enter(context, looksUp && context.Instance.ValueKind == JsonValueKind.Object ? CountOf(keyword.RawValue) : 0);
        var result = EvaluateInner(keyword, context);
        run.Leave();
        return context.CanOptimize || (result.Details is null && result.IsValid) ? result : Explain(result, keyword, context);
    }

    private KeywordEvaluation EvaluateInner(KeywordData keyword, EvaluationContext context)
    {
        if (fits is not null) return new() { Keyword = Name, IsValid = fits(keyword.RawValue, context.Instance) };
        try
        {
            return inner.Evaluate(keyword, context);
        }
        catch (RegexMatchTimeoutException)
        {
            var pattern = Name == "pattern" ? keyword.RawValue.GetString() : $"the names in {Name}";
            throw new SchemaRun.RefusedException(new(context.InstanceLocation.ToString(), $"takes too long to match {pattern}"));
        }
    }

    private static int CountOf(JsonElement names) => names.ValueKind == JsonValueKind.Array
        ? names.GetArrayLength()
        : names.EnumerateObject().Sum(name => 1 + (name.Value.ValueKind == JsonValueKind.Array ? name.Value.GetArrayLength() : 0));

    // What failed without harm, such as a condition or one of several alternatives, is no reason: it goes. What fits stays, as the
    // unevaluated keywords ask for it.
    private static KeywordEvaluation Explain(KeywordEvaluation result, KeywordData keyword, EvaluationContext context)
    {
        if (result.IsValid || !result.ContributesToValidation) return result with { Details = Fitting(result), Error = null };
        return KeywordWords.Of(keyword, context, result) is { } words ? result with { Details = Fitting(result), Error = words } : result;
    }

    private static EvaluationResults[]? Fitting(KeywordEvaluation result) =>
        result.Details is { } details ? Array.FindAll(details, detail => detail.IsValid) : null;
}

/// <summary>A keyword that asks what others beside it have found.</summary>
[DependsOnAnnotationsFrom(typeof(Keyword))]
internal sealed class LateKeyword(IKeywordHandler inner) : Keyword(inner);
