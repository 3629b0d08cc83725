using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Connections;

/// <summary>
/// Limits and times of a WebSocket connection; section <c>ToolRuntime:Connections</c>. Sizes in bytes, times in milliseconds.
/// </summary>
public sealed class ConnectionOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Connections";

    /// <summary>Time between two pings and between two <c>head</c> messages. Default 25 s; the first is jittered.</summary>
    [Range(50, 300_000)]
    public int HeartbeatMs { get; set; } = 25_000;

    /// <summary>A peer that is silent, or takes nothing, for this long is dropped. Default 50 s; more than the heartbeat.</summary>
    [Range(100, 600_000)]
    public int SilenceMs { get; set; } = 50_000;

    /// <summary>Largest command. Default 256 KB.</summary>
    [Range(1_024, 16_777_216)]
    public int MaxCommandBytes { get; set; } = 262_144;

    /// <summary>A message is read up to here for its id; a larger one closes the connection. Default 1 MB.</summary>
    [Range(1_024, 67_108_864)]
    public int MaxReadBytes { get; set; } = 1_048_576;

    /// <summary>Most bytes of events in one frame; a larger event goes alone. Default 64 KB.</summary>
    [Range(1_024, 1_048_576)]
    public int EventFrameBytes { get; set; } = 65_536;

    /// <summary>Commands without an answer, after which no more are read. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxUnanswered { get; set; } = 64;

    /// <summary>Sessions that one connection may have open. Default 256.</summary>
    [Range(1, 100_000)]
    public int MaxSessions { get; set; } = 256;

    /// <summary>Invalid frames within a minute that close the connection. Default 10.</summary>
    [Range(1, 1_000)]
    public int MaxInvalidFrames { get; set; } = 10;

    /// <summary>Connections that this gateway holds at most. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long a closing handshake may take, and the drain at shutdown. Default 3 s.</summary>
    [Range(50, 60_000)]
    public int CloseMs { get; set; } = 3_000;
}
