namespace ToolRuntime.Tools.Functions;

/// <summary>What a function can't say of itself; see <see cref="ToolDescriptor"/> for each.</summary>
public sealed class ToolFunctionOptions
{
    /// <summary>The tool's name. Default: the function's.</summary>
    public string? Name { get; set; }

    /// <summary>What a model reads. Default: the function's description, else its name.</summary>
    public string? Description { get; set; }

    /// <summary>Time-out of one attempt. Default: that of every tool (60 s).</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Whether running an interrupted attempt again is safe. Default no.</summary>
    public Idempotency Idempotency { get; set; }

    /// <summary>
    /// Whether a person must approve each call. Default: only of an <see cref="Microsoft.Extensions.AI.ApprovalRequiredAIFunction"/>.
    /// </summary>
    public bool NeedsApproval { get; set; }

    /// <summary>How long a result may be reused for equal arguments by the same tenant. Default: not at all.</summary>
    public TimeSpan CacheFor { get; set; }

    /// <summary>Expected run time; feeds the ETA. Default 1 s.</summary>
    public TimeSpan Estimate { get; set; } = TimeSpan.FromSeconds(1);
}
