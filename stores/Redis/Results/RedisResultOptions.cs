using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Redis.Results;

/// <summary>Results of tools that the silos of a cluster share; section <c>ToolRuntime:Redis:Results</c>.</summary>
public sealed class RedisResultOptions
{
    /// <summary>How long Redis may take to find or keep a result, milliseconds; after that it is a miss. Default 250.</summary>
    [Range(20, 60_000)]
    public int TimeoutMs { get; set; } = 250;

    /// <summary>Most bytes of one result that is shared. Default 1 MB.</summary>
    [Range(1_024, 67_108_864)]
    public int MaxBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Most bytes of a tenant's shared results together; those that are over first go first. 0 means that none are shared. Default 32 MB.
    /// </summary>
    [Range(0, 17_179_869_184)]
    public long TenantBytes { get; set; } = 32 << 20;
}
