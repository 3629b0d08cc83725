using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Watching;

/// <summary>What the gateway keeps for those who watch sessions, and how often it tells them; section <c>ToolRuntime:Watch</c>.</summary>
public sealed class WatchOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Watch";

    /// <summary>Sessions of a tenant whose latest change is kept, so that who comes back is told what changed. Default 4,096.</summary>
    [Range(16, 1_000_000)]
    public int KeptSessions { get; set; } = 4_096;

    /// <summary>Frames a second to one who watches, unless he asks for fewer. Default 5.</summary>
    [Range(0.1, 100)]
    public double MaxRate { get; set; } = 5;

    /// <summary>How long changes are followed that nobody watches any more, milliseconds. Default 30 s.</summary>
    [Range(0, 3_600_000)]
    public int LingerMs { get; set; } = 30_000;

    /// <summary>How often who watches is compared with the store's list, since live delivery is at most once, milliseconds. Default a minute.</summary>
    [Range(100, 3_600_000)]
    public int CompareMs { get; set; } = 60_000;
}
