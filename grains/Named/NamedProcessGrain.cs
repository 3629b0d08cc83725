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
    /// <summary>How soon a stop is looked at again: what is to be told may not be there yet.</summary>
    private static readonly TimeSpan StopAgain = TimeSpan.FromMilliseconds(250);

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
        timer?.Dispose();
        timer = null;
        switch (process.State)
        {
            case NamedProcessState.Backoff:
                Report(NamedReport.BackoffElapsed, (process.NextAt ?? time.GetUtcNow()) - time.GetUtcNow());
                break;
            case NamedProcessState.Stopping:
                return ReportAsync(NamedReport.Stop);
            default:
                DeactivateOnIdle();
                break;
        }

        return Task.CompletedTask;
    }

    private async Task ReportAsync(NamedReport report)
    {
        if (await journal.ReportProcessAsync(name, report) is not { } after) DeactivateOnIdle();
        else if (after.State == NamedProcessState.Stopping) Report(NamedReport.Stop, StopAgain);
        else if (after.State == NamedProcessState.Backoff) await WakeAsync(after);
        else DeactivateOnIdle();
    }

    private void Report(NamedReport report, TimeSpan due)
    {
        timer?.Dispose();
        timer = this.RegisterGrainTimer(
            static (work, _) => work.grain.ReportAsync(work.report), (grain: this, report),
            new GrainTimerCreationOptions(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
    }
}
