using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Commands;

/// <summary>How commands are carried to their sessions; section <c>ToolRuntime:Commands</c>. Times in milliseconds.</summary>
public sealed class CommandOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Commands";

    /// <summary>How long a command is tried before its client gets <c>timeout</c> or <c>unavailable</c>. Default 30 s.</summary>
    [Range(1, 600_000)]
    public int BudgetMs { get; set; } = 30_000;

    /// <summary>Wait before the first repetition; doubles up to 1 s, with jitter. Default 20 ms.</summary>
    [Range(1, 1_000)]
    public int FirstRetryMs { get; set; } = 20;
}
