using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Usage;

/// <summary>What is kept of what tools' calls use; section <c>ToolRuntime:Usage</c>.</summary>
public sealed class UsageOptions
{
    /// <summary>How long a silo gathers before it reports to the accounts; a crash loses as much. 50 ms to 1 min, default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many months accounts are kept besides the current one; 0 keeps them for ever. Default 13.</summary>
    [Range(0, 1_200)]
    public int KeepMonths { get; set; } = 13;
}
