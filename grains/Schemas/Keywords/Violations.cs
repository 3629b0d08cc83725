using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>Finds what to say in the library's results.</summary>
internal static class Violations
{
    /// <summary>The first reason, those of the value itself before those of its parts.</summary>
    public static SchemaViolation? First(EvaluationResults results)
    {
        if (results.IsValid) return null;
        foreach (var (keyword, words) in results.Errors ?? [])
        {
            return new(results.InstanceLocation.ToString(), keyword is "" ? "is not allowed" : words);
        }

        return (results.Details ?? []).Select(First).FirstOrDefault(violation => violation is not null);
    }
}
