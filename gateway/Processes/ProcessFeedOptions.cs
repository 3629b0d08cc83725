using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Processes;

/// <summary>How often who watches processes is told, section <c>ToolRuntime:ProcessFeed</c>.</summary>
public sealed class ProcessFeedOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:ProcessFeed";

    /// <summary>Time between two samples, milliseconds. Nothing is sampled while nobody watches. 250 to 60,000, default 1,000.</summary>
    [Range(250, 60_000)]
    public int IntervalMs { get; set; } = 1_000;

    /// <summary>How long it is remembered who may read a session, milliseconds. 0 to 60,000, default 5,000.</summary>
    [Range(0, 60_000)]
    public int AccessMs { get; set; } = 5_000;
}
