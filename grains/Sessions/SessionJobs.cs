using ToolRuntime.Hosting;
using ToolRuntime.Jobs;

namespace ToolRuntime.Sessions;

/// <summary>What jobs are told by: the clock, and how long an end is listed, and told at all.</summary>
internal sealed record JobTimes(TimeProvider Time, TimeSpan ListFor);

/// <summary>
/// Has the tenant's list know a session's jobs, and their webhooks their ends. How an open one stands is told one-way and again at the next activation; an end, and who
/// may read the jobs, is told until it is taken, and is open work of the session until then.
/// </summary>
internal sealed class SessionJobs(IGrainFactory grains, SessionKey session, JobTimes times, Func<SessionState> state, Action<SessionState> change, Action<Exception> failed)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How much longer than an end may be told the webhook knows that it has been.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    private Task reporting = Task.CompletedTask;
    private Task showing = Task.CompletedTask;
    private bool telling;
    private bool left;

    private IJobListGrain List => grains.ReferenceTo<IJobListGrain>(JobLists.KeyOf(session));

    private bool IsDue => state() is { MembersUntold: true } or { JobReports.IsEmpty: false };

    /// <summary>Tells what is open, and who may read it, when the session has begun here.</summary>
    public void Begin(SessionLine open)
    {
        var now = state();
        if (!now.HasJobs) return;
        foreach (var id in now.OpenBatches) Show(open, now, id);
        if (IsDue) TellDue(open);
        else Tell(List.ShareAsync(session.Session, now.Members));
    }

    /// <summary>Tells what a decision changed, once it is committed.</summary>
    public void Check(SessionLine open, SessionTurn turn)
    {
        if (!turn.State.HasJobs) return;
        foreach (var id in ReferenceEquals(turn.Before.Batches, turn.State.Batches) ? [] : turn.State.OpenBatches)
        {
            var (before, after) = (turn.Before.Batches.GetValueOrDefault(id), turn.State.Batches[id]);
            if (before is null || JobReports.StateOf(before) != JobReports.StateOf(after)) Show(open, turn.State, id);
        }

        if (IsDue) TellDue(open);
    }

    /// <summary>Waits for the list to have what was shown last, or to have refused it.</summary>
    public async Task ShownAsync() => await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Tells all that is not told yet.</summary>
    public Task ReportAsync(SessionLine open) => reporting.IsCompleted ? reporting = ReportNowAsync(open) : reporting;

    /// <summary>The session is being deleted.</summary>
    public async Task RemoveAsync(SessionLine open)
    {
        if (!state().HasJobs) return;
        await ReportAsync(open);
        await List.RemoveAsync(session.Session);
    }

    /// <summary>The session leaves: whoever has it next goes on telling.</summary>
    public void Leave() => left = true;

    private async Task ReportNowAsync(SessionLine open)
    {
        while (IsDue)
        {
            var now = state();
            await open.CommittedAsync();
            if (now.MembersUntold) await List.ShareAsync(session.Session, now.Members);
            foreach (var report in now.JobReports) await ReportAsync(open, report);
            var after = state();
            change(after with
            {
                MembersUntold = after.MembersUntold && after.Members != now.Members,
                JobReports = [.. after.JobReports.Where(report => !now.JobReports.Contains(report))],
            });
            open.Changed();
            await open.SettleAsync();
        }
    }

    /// <summary>An end that is older than the list goes is in no list, and whoever was told of it may have forgotten that.</summary>
    private async Task ReportAsync(SessionLine open, JobReport report)
    {
        var ended = report.Entry.EndedAt ?? report.Entry.CreatedAt;
        if (ended + times.ListFor < times.Time.GetUtcNow()) return;
        await List.UpdateAsync(report.Entry with { Session = session.Session, Owner = open.Owner, Members = state().Members });
        if (report.Webhook is not { } webhook) return;
        var message = JobReports.Complete(webhook, report.Entry, session) with { KnownUntil = ended + times.ListFor + Margin };
        await grains.ReferenceTo<IWebhookGrain>(session.Child(report.Entry.Batch)).DeliverAsync(message);
    }

    private void Show(SessionLine open, SessionState now, string id)
    {
        if (now.Batches[id] is not { Job: not null, IsFinal: false } batch) return;
        Tell(showing = List.UpdateAsync(JobReports.EntryOf(batch, now.Execution, session, open.Owner, now.Members, now.Head)));
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

    /// <summary>Until it is taken; the reminder of open work stands behind it.</summary>
    private async void TellDue(SessionLine open)
    {
        if (telling) return;
        telling = true;
        for (var wait = FirstWait; IsDue && !left; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await ReportAsync(open);
                continue;
            }
            catch (Exception exception)
            {
                failed(exception);
            }

            await Task.Delay(wait, times.Time);
        }

        telling = false;
    }
}
