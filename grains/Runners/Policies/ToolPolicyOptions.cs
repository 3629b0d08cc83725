using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Runners.Policies;

/// <summary>How calls of one tool are run; section <c>ToolRuntime:Tools:{name}</c>, on top of <c>ToolRuntime:Tools:Default</c>.</summary>
public sealed class ToolPolicyOptions
{
    /// <summary>
    /// Calls of the tool that run at the same time on this silo; further ones wait as pending, in order. 0 means no cap. Default 0.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxConcurrent { get; set; }

    /// <summary>
    /// The pool of silos that calls of the tool run on (<c>ToolRuntime:Cluster:Pools</c> of those silos); the same on all silos. Default none: where the session is.
    /// </summary>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", ErrorMessage = "Pool must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit.")]
    public string? Pool { get; set; }

    /// <summary>
    /// How long results are reused, seconds, where the tool allows it at all; 0 means never. Default: what the tool says.
    /// </summary>
    [Range(0, 86_400)]
    public int? CacheSeconds { get; set; }

    /// <summary>
    /// Tools that are tried with the same arguments, in this order, when the tool fails for a reason that may pass and its own attempts are used up, or its
    /// breaker is open. Default: none.
    /// </summary>
    public IList<string> Fallback { get; } = [];

    /// <summary>Whether calls are refused for a while after many failed. Default true.</summary>
    public bool BreakerEnabled { get; set; } = true;

    /// <summary>The part of the calls in <see cref="BreakerSampling"/> that must fail to open the breaker. Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Fewer calls than this in <see cref="BreakerSampling"/> open nothing. 2 to 10,000, default 10.</summary>
    [Range(2, 10_000)]
    public int BreakerMinimumCalls { get; set; } = 10;

    /// <summary>How far back calls count. 0.5 s to 1 h, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "01:00:00")]
    public TimeSpan BreakerSampling { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker refuses calls before it lets one try. 0.5 s to 1 h, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "01:00:00")]
    public TimeSpan BreakerBreak { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What a call costs, in whatever money quotas are in; a call whose result is that of an earlier one costs nothing. Default 0.</summary>
    [Range(0.0, 1_000_000.0)]
    public decimal PricePerCall { get; set; }
}
