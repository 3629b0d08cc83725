namespace ToolRuntime.Tools;

/// <summary>How an attempt ended, by the tool's own word.</summary>
public sealed record ToolResult
{
    private ToolResult(ToolError? error, JsonText result, string summary) => (Error, Result, Summary) = (error, result, summary);

    /// <summary>Null on success.</summary>
    public ToolError? Error { get; }

    /// <summary>
    /// What clients and the model get, an object. On failure it may hold facts that the error's text can't, such as <c>exitCode</c>; else
    /// it is empty.
    /// </summary>
    public JsonText Result { get; }

    /// <summary>One line for a person.</summary>
    public string Summary { get; }

    /// <summary>It worked.</summary>
    public static ToolResult Success(JsonText result, string summary) => new(null, result, summary);

    /// <summary>It failed; the attempt is repeated if <see cref="ToolError.Retryable"/> and attempts and time are left.</summary>
    public static ToolResult Failure(ToolError error, JsonText? result = null) => new(error, result ?? JsonText.EmptyObject, error.Message);
}
