using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Sessions;

/// <summary>How much of a session's log is kept, and how often its state is saved; section <c>ToolRuntime:Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>Events between two snapshots, at least; a large state waits for longer. 1 to 100,000, default 500.</summary>
    [Range(1, 100_000)]
    public int SnapshotEvery { get; set; } = 500;

    /// <summary>Newest events that stay in the log; a client whose cursor is older gets a snapshot. 1 upwards, default 100,000.</summary>
    [Range(1, int.MaxValue)]
    public int KeptEvents { get; set; } = 100_000;
}
