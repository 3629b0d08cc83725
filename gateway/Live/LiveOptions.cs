using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Live;

/// <summary>Live views of executions for asciinema's player; section <c>ToolRuntime:Live</c>.</summary>
public sealed class LiveOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Live";

    /// <summary>Views that this gateway serves at a time. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int AtOnce { get; set; } = 1_000;

    /// <summary>A viewer that takes longer than this for what it is sent at once gets a fresh picture next, and nothing of what came between; milliseconds. Default 1,000.</summary>
    [Range(50, 60_000)]
    public int LagMs { get; set; } = 1_000;

    /// <summary>How often it is looked whether a link still holds by which somebody watches, milliseconds. Default 5,000.</summary>
    [Range(50, 60_000)]
    public int RecheckMs { get; set; } = 5_000;
}
