namespace ToolRuntime.Schemas;

/// <summary>The first thing about a value that its schema does not allow.</summary>
/// <param name="Path">JSON Pointer to it; empty for the value itself.</param>
/// <param name="Reason">What it must be, such as <c>must be string</c>.</param>
internal sealed record SchemaViolation(string Path, string Reason)
{
    public SchemaViolation(string reason) : this("", reason)
    {
    }

    /// <summary>A name as a step of a JSON Pointer.</summary>
    public static string Step(string name) =>
        $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
