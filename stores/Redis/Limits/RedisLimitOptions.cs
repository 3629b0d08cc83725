using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Redis.Limits;

/// <summary>How the limits of keys and tenants are counted in a cluster; section <c>ToolRuntime:Redis:Limits</c>.</summary>
public sealed class RedisLimitOptions
{
    /// <summary>
    /// How long Redis may take to say whether a limit leaves room, milliseconds; what asked then gets <c>unavailable</c>. Default 2,000.
    /// </summary>
    [Range(20, 60_000)]
    public int TimeoutMs { get; set; } = 2_000;

    /// <summary>
    /// After how long what a process held counts no more that died or is cut off, milliseconds. Told anew each third of it. Default
    /// 10,000.
    /// </summary>
    [Range(500, 600_000)]
    public int LeaseMs { get; set; } = 10_000;
}
