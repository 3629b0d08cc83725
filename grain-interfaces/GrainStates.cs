namespace ToolRuntime;

/// <summary>Where grains that are no sessions keep what outlives a restart: lists of jobs, webhooks, notices, usage and statistics.</summary>
public static class GrainStates
{
    /// <summary>The grain storage that a silo must offer for them.</summary>
    public const string Storage = "states";
}
