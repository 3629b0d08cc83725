using System.Diagnostics;
using System.Diagnostics.Metrics;
using ToolRuntime.Jobs;
using ToolRuntime.Tracing;

namespace ToolRuntime.Runners;

/// <summary>What the runners of a silo count, per tool. Executions are counted by attempt: each one that ended here.</summary>
internal sealed class ToolMeter
{
    private readonly Meter meter;
    private readonly Counter<long> executions, cache, transitions, webhooks;
    private readonly Histogram<double> duration, queueWait;
    private readonly UpDownCounter<long> running, waiting, queued;

    public ToolMeter(IMeterFactory meters)
    {
        meter = meters.Create("ToolRuntime");
        executions = meter.CreateCounter<long>("toolruntime_tool_executions", description: "Attempts of tools that ended, by outcome.");
        cache = meter.CreateCounter<long>(
            "toolruntime_tool_cache", description: "Calls of cacheable tools, by whether their result was there.");
        transitions = meter.CreateCounter<long>(
            "toolruntime_tool_breaker_transitions", description: "Changes of circuit breakers, by their new state.");
        duration = meter.CreateHistogram(
            "toolruntime_tool_duration", "s", "How long attempts ran, pauses included.", advice: HistogramBuckets.Seconds);
        running = meter.CreateUpDownCounter<long>("toolruntime_tool_running", description: "Attempts that run.");
        waiting = meter.CreateUpDownCounter<long>("toolruntime_tool_waiting", description: "Executions that wait for a slot.");
        webhooks = meter.CreateCounter<long>("toolruntime_webhook_attempts", description: "Attempts to tell of a job's end, by outcome.");
        queued = meter.CreateUpDownCounter<long>("toolruntime_queue_length", description: "Executions that wait for a slot or for a silo of their pool, by priority and pool.");
        queueWait = meter.CreateHistogram(
            "toolruntime_queue_wait", "s", "How long executions waited for that, those that were ended meanwhile included.", advice: HistogramBuckets.Seconds);
    }

    /// <summary>The tools' breakers with their states, asked whenever somebody looks.</summary>
    public void ObserveBreakers(Func<IEnumerable<(string Tool, int State)>> states) => meter.CreateObservableGauge(
        "toolruntime_tool_breaker_state",
        () => states().Select(breaker => new Measurement<int>(breaker.State, Of(breaker.Tool))),
        description: "The tool's circuit breaker, the worst where it has several: 0 closed, 1 half open, 2 open.");

    public void BreakerChanged(string tool, string to) => transitions.Add(1, Of(tool), new("to", to));

    public void WebhookAttempted(string outcome) => webhooks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void CacheAsked(string tool, bool hit) => cache.Add(1, Of(tool), new("result", hit ? "hit" : "miss"));

    public void Started(string tool) => running.Add(1, Of(tool));

    /// <summary>An attempt is over; without an outcome it was lost, and is counted where it goes on.</summary>
    public void Ended(string tool, string? outcome, TimeSpan elapsed)
    {
        running.Add(-1, Of(tool));
        if (outcome is null) return;

        executions.Add(1, Of(tool), new("outcome", outcome));
        duration.Record(elapsed.TotalSeconds, Of(tool));
    }

    /// <summary>Counts an execution that waits until it is disposed.</summary>
    public Wait Waiting(string tool, JobPriority priority = JobPriority.Default, string? pool = null)
    {
        waiting.Add(1, Of(tool));
        queued.Add(1, Of(priority), OfPool(pool));
        return new(this, tool, priority, pool, Stopwatch.GetTimestamp());
    }

    private static KeyValuePair<string, object?> Of(string tool) => new("tool", tool);

    private static KeyValuePair<string, object?> Of(JobPriority priority) => new("priority", priority switch
    {
        JobPriority.Critical => "critical",
        JobPriority.Low => "low",
        _ => "default",
    });

    private static KeyValuePair<string, object?> OfPool(string? pool) => new("pool", pool ?? "");

    /// <summary>One that waits.</summary>
    public readonly struct Wait(ToolMeter meter, string tool, JobPriority priority, string? pool, long since) : IDisposable
    {
        public void Dispose()
        {
            meter.waiting.Add(-1, Of(tool));
            meter.queued.Add(-1, Of(priority), OfPool(pool));
            meter.queueWait.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, Of(priority), OfPool(pool));
        }
    }
}
