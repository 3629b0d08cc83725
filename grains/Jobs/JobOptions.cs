using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Jobs;

/// <summary>Sessions that were made for one job; section <c>ToolRuntime:Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>How long such a session is kept after the last that happened in it. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Time between two looks for such sessions. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(10);
}
