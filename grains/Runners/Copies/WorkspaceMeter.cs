using System.Diagnostics.Metrics;

namespace ToolRuntime.Runners.Copies;

/// <summary>What a silo counts of saving workspaces to an object store.</summary>
internal sealed class WorkspaceMeter
{
    private readonly Counter<long> saves, bytes;
    private int unsaved;

    public WorkspaceMeter(IMeterFactory meters)
    {
        var meter = meters.Create("ToolRuntime");
        saves = meter.CreateCounter<long>("toolruntime_workspace_saves", description: "Saves of workspaces, by outcome.");
        bytes = meter.CreateCounter<long>("toolruntime_workspace_saved_bytes", description: "Bytes of files that were brought to the object store.");
        meter.CreateObservableGauge(
            "toolruntime_workspaces_unsaved", () => Volatile.Read(ref unsaved), description: "Workspaces with changes that could not be saved yet.");
    }

    /// <summary>Outcomes: <c>saved</c>, <c>unchanged</c>, <c>unavailable</c>, <c>too_large</c>, <c>taken</c>.</summary>
    public void Saved(string outcome, long uploaded = 0)
    {
        saves.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (uploaded > 0) bytes.Add(uploaded);
    }

    public void Unsaved(int change) => Interlocked.Add(ref unsaved, change);
}
