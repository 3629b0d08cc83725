using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Processes.History;

/// <summary>What a silo remembers of tools' processes, in memory; section <c>ToolRuntime:ProcessHistory</c>.</summary>
public sealed class ProcessHistoryOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:ProcessHistory";

    /// <summary>Whether tools' processes are measured and remembered. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Seconds between two samples, 1 to 300; default 10. The same on all silos and gateways.</summary>
    [Range(1, 300)]
    public int StepSeconds { get; set; } = 10;

    /// <summary>Hours that are kept, 1 to 168; default 24.</summary>
    [Range(1, 168)]
    public int KeepHours { get; set; } = 24;

    /// <summary>Executions that are remembered each by itself, of all tenants together, 10 to 10,000; default 200. One that runs for a day takes 0.2 MB.</summary>
    [Range(10, 10_000)]
    public int MaxExecutions { get; set; } = 200;

    /// <summary>Tenants, 1 to 10,000; default 64. Each takes up to 0.3 MB in a day.</summary>
    [Range(1, 10_000)]
    public int MaxTenants { get; set; } = 64;

    /// <summary>Ends, and restarts, that are remembered of a tenant, 10 to 1,000 of each; default 200.</summary>
    [Range(10, 1_000)]
    public int MaxMoves { get; set; } = 200;
}
