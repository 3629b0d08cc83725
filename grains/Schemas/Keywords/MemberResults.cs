using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>What a keyword finds about the members of an object.</summary>
internal sealed class MemberResults(KeywordData keyword, EvaluationContext context)
{
    private readonly List<EvaluationResults> results = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private bool fits = true;

    /// <summary>Nothing more can change the verdict, which is all that is asked for.</summary>
    public bool IsDecided => !fits && context.CanOptimize;

    public void Add(string name, JsonElement value, JsonSchemaNode schema, string step)
    {
        var result = schema.Evaluate(context with
        {
            EvaluationPath = context.EvaluationPath.Combine(keyword.Handler.Name, step),
            InstanceLocation = context.InstanceLocation.Combine(name),
            Instance = value,
        });
        names.Add(name);
        results.Add(result);
        fits &= result.IsValid;
    }

    /// <param name="isAsked">Whether a keyword beside this one asks for the names: as JSON, since the library has it so.</param>
    public KeywordEvaluation ToEvaluation(bool isAsked) => new()
    {
        Keyword = keyword.Handler.Name,
        IsValid = fits,
        Details = [.. results],
        Annotation = isAsked && names.Count > 0 ? JsonSerializer.SerializeToElement(names) : null,
    };
}
