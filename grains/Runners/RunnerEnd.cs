using ToolRuntime.Events;

namespace ToolRuntime.Runners;

/// <summary>How an attempt ended, secrets redacted.</summary>
/// <param name="Outcome">The kind.</param>
/// <param name="Result">The tool's result; <c>{}</c> unless it succeeded.</param>
/// <param name="Summary">One line for a person.</param>
/// <param name="Error">What failed; null exactly on success.</param>
/// <param name="ElapsedMs">From its start, pauses included.</param>
/// <param name="Metrics">What it did.</param>
/// <param name="Kept">Its output for the model; null when it wrote none.</param>
internal sealed record RunnerEnd(
    RunnerOutcome Outcome, JsonText Result, string Summary, ToolError? Error, long ElapsedMs, ToolMetrics Metrics, KeptOutput? Kept);

/// <summary>
/// The first and last 64 KB of each stream, with a marker of how many bytes between them were left out; null for a stream without output.
/// </summary>
internal sealed record KeptOutput(string? Stdout, string? Stderr);

internal enum RunnerOutcome
{
    Succeeded,
    Failed,
    Cancelled,
}
