using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Limits of recordings; section <c>ToolRuntime:Recordings</c>.</summary>
public sealed class RecordingOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Recordings";

    /// <summary>Recordings that this gateway sends at a time; each reads a whole log, a megabyte at a time. Default 16.</summary>
    [Range(1, 1_000)]
    public int AtOnce { get; set; } = 16;
}
