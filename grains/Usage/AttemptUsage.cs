using ToolRuntime.Events;
using ToolRuntime.Runners;

namespace ToolRuntime.Usage;

/// <summary>What one attempt used.</summary>
internal static class AttemptUsage
{
    /// <param name="outcome">How it ended; null where nobody learns of that.</param>
    /// <param name="metrics">What its end says; null likewise.</param>
    /// <param name="reporter">What it has written, and how long it took.</param>
    /// <param name="context">What it has counted.</param>
    public static UsageFigures Of(string? outcome, ToolMetrics? metrics, RunnerReporter reporter, RunnerContext context) => new()
    {
        Milliseconds = (long)reporter.Elapsed.TotalMilliseconds,
        OutputBytes = reporter.Output.OutputBytes,
        PublishedBytes = context.PublishedBytes,
        Failures = outcome is "failed" or "timeout" ? 1 : 0,
        Cached = metrics?.Cached == true ? 1 : 0,
        ApiCalls = context.Counters.ApiCalls,
        CpuMs = context.Counters.CpuMs ?? 0,
        BytesIn = context.Counters.BytesIn,
        BytesOut = context.Counters.BytesOut,
        PeakMemoryBytes = context.Counters.PeakMemoryBytes ?? 0,
        LargestPeakBytes = context.Counters.PeakMemoryBytes ?? 0,
    };
}
