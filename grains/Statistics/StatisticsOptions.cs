using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Statistics;

/// <summary>Counting of how calls of tools go; section <c>ToolRuntime:Statistics</c>.</summary>
public sealed class StatisticsOptions
{
    /// <summary>How long a silo gathers before it reports, which is what a crash may lose. 0.1 s to 1 min, default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(5);
}
