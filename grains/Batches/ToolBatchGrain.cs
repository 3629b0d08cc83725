using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Sessions;
using ToolRuntime.Views;

namespace ToolRuntime.Batches;

/// <summary>Keeps a batch's deadline, and the end of a pause, by a timer, and by a reminder once the batch has lived for a while (before that the session's own covers it).</summary>
[GrainType("tool-batch"), SessionPlacement, Reentrant]
internal sealed class ToolBatchGrain(IOptions<BatchOptions> options, TimeProvider time) : Grain, IToolBatchGrain, IRemindable
{
    private const string DeadlineReminder = "deadline";
    private static readonly TimeSpan ReminderAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly BatchTrigger Expired = new(BatchTriggerKind.Deadline);
    private static readonly BatchTrigger PauseEnded = new(BatchTriggerKind.MaxPauseElapsed, "runtime");

    private string id = "";
    private ISessionJournal journal = null!;
    private IGrainTimer? timer;
    private IGrainTimer? reminding;
    private bool reminded;
    private Task registering = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        id = key[(key.LastIndexOf('/') + 1)..];
        journal = GrainFactory.ReferenceTo<ISessionJournal>(SessionKey.Parse(key).ToString());
        return Task.CompletedTask;
    }

    public Task WakeAsync(BatchState state) => state.IsFinal ? EndAsync() : Watch(state);

    /// <summary>The backstop: asks the session what is, by a trigger that does nothing before its time.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        reminded = true;
        if (await journal.ReportBatchAsync(id, Expired) is { IsFinal: false } state) await Watch(state);
        else await EndAsync();
    }

    private Task Watch(BatchState state)
    {
        var (due, trigger) = state switch
        {
            { Ending: { } ending } => (ending.Latest, Expired),
            { Scheduled: true, Job.NotBefore: { } start } => (start, PauseEnded),
            { Status: BatchStatus.Paused } => ((state.PausedAt ?? time.GetUtcNow()) + options.Value.MaxPause, PauseEnded),
            _ => (state.Due, Expired),
        };
        timer?.Dispose();
        timer = this.RegisterGrainTimer(static (work, _) => work.grain.FireAsync(work.trigger), (grain: this, trigger), Once(due - time.GetUtcNow()));
        // Its session's reminder is what begins a job in time.
        if (!reminded && !state.Scheduled) reminding ??= this.RegisterGrainTimer(static (work, _) => work.grain.RemindAsync(work.due), (grain: this, due: state.Deadline), Once(ReminderAfter));
        return Task.CompletedTask;
    }

    private async Task FireAsync(BatchTrigger trigger)
    {
        var state = await journal.ReportBatchAsync(id, trigger);
        if (state is null or { IsFinal: true }) await EndAsync();
        else await Watch(state);
    }

    private async Task RemindAsync(DateTimeOffset due)
    {
        reminded = true;
        var wait = due - time.GetUtcNow();
        await (registering = this.RegisterOrUpdateReminder(DeadlineReminder, wait > TimeSpan.Zero ? wait : ReminderPeriod, ReminderPeriod));
    }

    private async Task EndAsync()
    {
        timer?.Dispose();
        reminding?.Dispose();
        // The end is told more than once, and may overtake the registration: what is found must be what is removed.
        var mine = reminded;
        reminded = false;
        await registering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (mine && await this.GetReminder(DeadlineReminder) is { } reminder) await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }

    private static GrainTimerCreationOptions Once(TimeSpan due) => new(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan) { Interleave = true };
}
