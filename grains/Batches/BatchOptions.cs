using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Batches;

/// <summary>Defaults and bounds of batches; section <c>ToolRuntime:Batches</c>.</summary>
public sealed class BatchOptions
{
    /// <summary>Deadline of a batch that names none; 1 s to 1 day, default 5 min (environment <c>TOOL_EXECUTION_MAX_WAIT</c>, minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Executions at a time of a batch that names no number; 1 to 1,000, default 16 (1 with <c>PARALLEL_TOOL_EXECUTION=false</c>).</summary>
    [Range(1, 1_000)]
    public int MaxParallel { get; set; } = 16;

    /// <summary>Time-out of an attempt of a tool that names none; 1 s to 1 day, default 60 s (environment <c>TOOL_EXECUTION_DEFAULT_TIMEOUT</c>, seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a batch may stay paused; 1 s to 1 day, default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Bytes of each output stream of an attempt that are kept from its beginning. Default 1 MB.</summary>
    [Range(0, 1L << 40)]
    public long FirstOutputBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Bytes of each output stream of an attempt that are kept from its end. What lies between is sent as it comes, and then emptied in the log: only its size stays.
    /// At least 128 KB, default 3 MB.
    /// </summary>
    [Range(128 * 1024, 1L << 40)]
    public long LastOutputBytes { get; set; } = 3 << 20;

    /// <summary>How long a batch that waits only for people's approval waits for it, whatever its deadline; 1 s to 7 days, default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ApprovalWait { get; set; } = TimeSpan.FromHours(1);
}
