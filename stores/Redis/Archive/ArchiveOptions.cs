using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Redis;

/// <summary>When idle sessions move to the archive; section <c>ToolRuntime:Archive</c>, read by silos.</summary>
public sealed class ArchiveOptions
{
    /// <summary>After how long without a change a session without open work moves. At least a second. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often a silo looks for such sessions. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many sessions a silo moves in a second, at most. Default 50.</summary>
    [Range(1, 10_000)]
    public int MovesPerSecond { get; set; } = 50;
}
