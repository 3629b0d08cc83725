using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// What a server can't be trusted to say of its tools. At a server it holds for all of them; what a tool's own entry says goes before it.
/// </summary>
public class McpToolOptions
{
    /// <summary>Time-out of one attempt. 1 ms to 1 day, default that of every tool (60 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Whether an attempt that was lost may be repeated. Default no.</summary>
    public bool? Idempotent { get; set; }

    /// <summary>Whether a person must approve each call. Default no.</summary>
    public bool? NeedsApproval { get; set; }

    /// <summary>How long a result may be reused for equal arguments, in seconds. 0 to 86,400, default 0: not at all.</summary>
    [Range(0, 86_400)]
    public int? CacheSeconds { get; set; }

    /// <summary>Expected run time in milliseconds, for the ETA. Default 1,000.</summary>
    [Range(1, 86_400_000)]
    public int? EstimatedMs { get; set; }
}
