namespace ToolRuntime.ToolExecutions;

/// <summary>What was decided, when the batch began, about a tool that may take over a call.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="TimeoutMs">Time-out of an attempt of it.</param>
/// <param name="Idempotent">Whether an interrupted attempt of it may be repeated.</param>
/// <param name="NeedsApproval">Whether people are asked before it runs.</param>
/// <param name="StartsProcess">Whether it starts processes.</param>
/// <param name="TotalMs">What its attempts may take together.</param>
/// <param name="Misfit">Why it can't take this call; null where it can.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.FallbackPlan")]
internal sealed record FallbackPlan(
    string Tool, int TimeoutMs, bool Idempotent, bool NeedsApproval, bool StartsProcess, int? TotalMs = null, string? Misfit = null);
