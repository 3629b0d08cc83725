using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Metrics;

/// <summary>What a process remembers of its metrics, in memory; section <c>ToolRuntime:MetricHistory</c>.</summary>
public sealed class MetricHistoryOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:MetricHistory";

    /// <summary>Whether anything is remembered. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Seconds between two samples, 1 to 300; default 10.</summary>
    [Range(1, 300)]
    public int StepSeconds { get; set; } = 10;

    /// <summary>Hours that are kept, 1 to 168; default 24. A day of samples each 10 s takes 0.8 MB.</summary>
    [Range(1, 168)]
    public int KeepHours { get; set; } = 24;
}
