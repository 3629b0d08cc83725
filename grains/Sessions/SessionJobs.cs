using ToolRuntime.Hosting;
using ToolRuntime.Jobs;

namespace ToolRuntime.Sessions;

/// <summary>
/// Has the tenant's list know a session's jobs, and their webhooks their ends. How an open one stands is told one-way and again at the next activation; an end is
/// told until it is taken, and is open work of the session until then.
/// </summary>
internal sealed class SessionJobs(IGrainFactory grains, SessionKey session, Func<SessionState> state, Action<SessionState> change, Action<Exception> failed)
{
    private Task reporting = Task.CompletedTask;

    private IJobListGrain List => grains.ReferenceTo<IJobListGrain>(JobLists.KeyOf(session));

    /// <summary>Tells what is open, and who may read it, when the session has begun here.</summary>
    public void Begin(SessionLine open)
    {
        var now = state();
        if (!now.HasJobs) return;
        foreach (var id in now.OpenBatches) Show(open, now, id);
        Tell(List.ShareAsync(session.Session, now.Members));
    }

    /// <summary>Tells what a decision changed, once it is committed.</summary>
    public void Check(SessionLine open, SessionTurn turn, bool shared)
    {
        if (!turn.State.HasJobs) return;
        if (shared) Tell(List.ShareAsync(session.Session, turn.State.Members));
        if (ReferenceEquals(turn.Before.Batches, turn.State.Batches)) return;
        foreach (var id in turn.State.OpenBatches)
        {
            var (before, after) = (turn.Before.Batches.GetValueOrDefault(id), turn.State.Batches[id]);
            if (before is null || JobReports.StateOf(before) != JobReports.StateOf(after)) Show(open, turn.State, id);
        }

        if (!state().JobReports.IsEmpty) Tell(ReportAsync(open));
    }

    /// <summary>Tells all ends that are not told yet.</summary>
    public Task ReportAsync(SessionLine open) => reporting.IsCompleted ? reporting = ReportNowAsync(open) : reporting;

    /// <summary>The session is being deleted.</summary>
    public async Task RemoveAsync(SessionLine open)
    {
        if (!state().HasJobs) return;
        await ReportAsync(open);
        await List.RemoveAsync(session.Session);
    }

    private async Task ReportNowAsync(SessionLine open)
    {
        while (state().JobReports is { IsEmpty: false } due)
        {
            await open.CommittedAsync();
            foreach (var report in due)
            {
                await List.UpdateAsync(report.Entry with { Session = session.Session, Owner = open.Owner, Members = state().Members });
                if (report.Webhook is not { } webhook) continue;
                await grains.ReferenceTo<IWebhookGrain>(session.Child(report.Entry.Batch)).DeliverAsync(JobReports.Complete(webhook, report.Entry, session));
            }

            change(state() with { JobReports = [.. state().JobReports.Where(report => !due.Contains(report))] });
            await open.SettleAsync();
        }
    }

    private void Show(SessionLine open, SessionState now, string id)
    {
        if (now.Batches[id] is not { Job: not null, IsFinal: false } batch) return;
        Tell(List.UpdateAsync(JobReports.EntryOf(batch, now.Execution, session, open.Owner, now.Members, now.Head)));
    }

    private async void Tell(Task told)
    {
        try
        {
            await told;
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }
}
