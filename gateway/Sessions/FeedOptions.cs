using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>What the gateway keeps and asks for open sessions; section <c>ToolRuntime:Feeds</c>.</summary>
public sealed class FeedOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Feeds";

    /// <summary>Newest events kept in memory per open session. Default 1,024.</summary>
    [Range(1, 1_000_000)]
    public int RingEvents { get; set; } = 1_024;

    /// <summary>Bytes of events kept in memory per open session. Default 1 MB; the newest event is always kept.</summary>
    [Range(1_024, 1_073_741_824)]
    public int RingBytes { get; set; } = 1_048_576;

    /// <summary>Silence after which the log is asked for a session's head while work is open, milliseconds. Default 5 s.</summary>
    [Range(10, 600_000)]
    public int BusyCheckMs { get; set; } = 5_000;

    /// <summary>The same while no work is open. Default 25 s; the ring is emptied then.</summary>
    [Range(10, 3_600_000)]
    public int IdleCheckMs { get; set; } = 25_000;
}
