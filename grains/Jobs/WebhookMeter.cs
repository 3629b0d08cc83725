using System.Diagnostics.Metrics;

namespace ToolRuntime.Jobs;

/// <summary>What the webhooks of a silo count.</summary>
internal sealed class WebhookMeter(IMeterFactory meters)
{
    private readonly Counter<long> attempts = meters.Create("ToolRuntime").CreateCounter<long>(
        "toolruntime_webhook_attempts", description: "Attempts to tell of a job's end, by outcome.");

    public void Attempted(string outcome) => attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
