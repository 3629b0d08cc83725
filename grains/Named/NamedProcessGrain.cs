using Orleans.Concurrency;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Sessions;

namespace ToolRuntime.Named;

/// <summary>
/// Keeps the times of one named process. Owns no state: the process is its session's, which is kept by its log and wakes this after a crash, at once and by its reminder.
/// </summary>
[GrainType("named-process"), SessionPlacement, Reentrant]
internal sealed class NamedProcessGrain(TimeProvider time) : Grain, INamedProcessGrain
{
    /// <summary>How soon a report is repeated that has come to nothing: the session may be away, and what is to stop may not be there yet.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private string name = "";
    private ISessionJournal journal = null!;
    private IGrainTimer? timer;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        name = key[(key.LastIndexOf('/') + 1)..];
        journal = GrainFactory.ReferenceTo<ISessionJournal>(SessionKey.Parse(key).ToString());
        return Task.CompletedTask;
    }

    public Task WakeAsync(NamedProcess process)
    {
        if (process.State == NamedProcessState.Stopping) return ReportAsync(NamedReport.Stop);
        Watch(process);
        return Task.CompletedTask;
    }

    private async Task ReportAsync(NamedReport report)
    {
        Report(report, Again);
        Watch(await journal.ReportProcessAsync(name, report));
    }

    private void Watch(NamedProcess? process)
    {
        switch (process?.State)
        {
            case NamedProcessState.Backoff:
                Report(NamedReport.BackoffElapsed, (process.NextAt ?? time.GetUtcNow()) - time.GetUtcNow());
                break;
            case NamedProcessState.Stopping:
                Report(NamedReport.Stop, Again);
                break;
            default:
                timer?.Dispose();
                timer = null;
                DeactivateOnIdle();
                break;
        }
    }

    private void Report(NamedReport report, TimeSpan due)
    {
        timer?.Dispose();
        timer = this.RegisterGrainTimer(
            static (work, _) => work.grain.ReportAsync(work.report), (grain: this, report),
            new GrainTimerCreationOptions(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
    }
}
