using ToolRuntime.Usage;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// What an attempt needs to start: its slots, or a result that is there already. Belongs to the runner once that is started with it; else
/// whoever got it disposes it. Disposing twice does no harm.
/// </summary>
/// <param name="Share">Its subject's limit; null where it has none.</param>
/// <param name="ToolSlot">The tool's own cap; null where it has none.</param>
/// <param name="ProcessSlot">The silo's cap on processes; null for a tool that starts none.</param>
/// <param name="Hit">A cached result that was fresh when the attempt was admitted.</param>
internal sealed record Admission(ExecutionShare? Share = null, RunSlot? ToolSlot = null, RunSlot? ProcessSlot = null, CacheHit? Hit = null) : IDisposable
{
    /// <summary>The call, where it is counted before it begins; null where there are no quotas.</summary>
    public Charge? Charge { get; init; }

    /// <summary>Why it may not start at all; null if it may.</summary>
    public ToolError? Refusal { get; init; }

    /// <summary>Nothing is needed.</summary>
    public static Admission Free { get; } = new();

    public void Dispose()
    {
        ToolSlot?.Dispose();
        ProcessSlot?.Dispose();
        Share?.Dispose();
        Charge?.Dispose();
    }
}
