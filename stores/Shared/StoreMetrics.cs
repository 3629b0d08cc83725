using System.Diagnostics.Metrics;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores;

/// <summary>Which of a process's stores fail, and how often they did.</summary>
internal sealed class StoreMetrics
{
    private static readonly Counter<long> Failures = new Meter("ToolRuntime").CreateCounter<long>(
        "toolruntime_store_failures", description: "Times that a store failed, probes included.");

    public StoreMetrics(IMeterFactory meters, StoreHealth health) => meters.Create("ToolRuntime").CreateObservableGauge(
        "toolruntime_store_failing",
        () => health.Stores.Select(store => new Measurement<int>(store.Value is null ? 0 : 1, new KeyValuePair<string, object?>("store", store.Key))),
        description: "Whether a store fails (1) or works (0).");

    public static void Failed(string store) => Failures.Add(1, new KeyValuePair<string, object?>("store", store));
}
