using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Runners.Policies;

/// <summary>Bounds of the cache of tool results, of all tools and tenants of a silo together; section <c>ToolRuntime:Cache</c>.</summary>
public sealed class ToolCacheOptions
{
    /// <summary>Most results kept; the one unused the longest goes first. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Most memory they take, bytes; a result of more than a quarter of it is not kept. 64 KB to 16 GB, default 64 MB.</summary>
    [Range(65_536, 17_179_869_184)]
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;
}
