using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Sessions;
using ToolRuntime.Tracing;

namespace ToolRuntime.Messages;

/// <summary>Drives one reply: asks its model, outside any turn, and hands results over. Owns no state.</summary>
[GrainType("message"), SessionPlacement, Reentrant]
internal sealed partial class MessageGrain(
    ModelRuns models, SiloWork work, SessionPlaces places, IOptions<BatchOptions> options, TimeProvider time, ILogger<MessageGrain> logger)
    : Grain, IMessageGrain
{
    private string id = "";
    private ISessionJournal journal = null!;
    private ModelRun? run;
    private (int Round, int Attempt) asking;
    private bool following;
    private IGrainTimer? pause;

    private ILogger About => LogScope.Of(logger, SessionKey.Parse(this.GetPrimaryKeyString()));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        id = key[(key.LastIndexOf('/') + 1)..];
        journal = GrainFactory.ReferenceTo<ISessionJournal>(SessionKey.Parse(key).ToString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => run?.StopAsync() ?? Task.CompletedTask;

    public async Task WakeAsync(MessageState state, bool recovered)
    {
        if (run is { } old && (old.Round != state.Round || old.Attempt != state.Attempt || state.Status != MessageStatus.Active))
        {
            run = null;
            await old.StopAsync();
        }

        WatchPause(state);
        switch (state.Status)
        {
            case MessageStatus.Active when run is not null || following || asking == (state.Round, state.Attempt):
                break;
            case MessageStatus.Active when recovered:
                await FollowAsync(new ReplyModelLost(state.Round, state.Attempt));
                break;
            case MessageStatus.Active:
                await WhileWorkBeginsAsync(state, () => AskAsync(state));
                break;
            case MessageStatus.Resuming:
                await WhileWorkBeginsAsync(state, () => FollowAsync(new ReplyHandOver()));
                break;
            case MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled:
                DeactivateOnIdle();
                break;
            default:
                break;
        }
    }

    /// <summary>A round that is due on a silo that stops is asked for elsewhere, or after the restart.</summary>
    private async Task WhileWorkBeginsAsync(MessageState state, Func<Task> begin)
    {
        if (!work.TryBegin())
        {
            if (places.MayGoElsewhere) GoElsewhere(state);
            return;
        }

        try
        {
            await begin();
        }
        finally
        {
            work.End();
        }
    }

    private void GoElsewhere(MessageState state)
    {
        DeactivateOnIdle();
        _ = GrainFactory.ReferenceTo<IMessageGrain>(this.GetPrimaryKeyString()).WakeAsync(state, recovered: false);
    }

    /// <summary>Ends a pause that takes too long. The session's recovery wakes who was not there at the time.</summary>
    private void WatchPause(MessageState state)
    {
        pause?.Dispose();
        if (state is not { Paused: true, PausedAt: { } since }) return;
        var due = since + options.Value.MaxPause - time.GetUtcNow();
        pause = this.RegisterGrainTimer(
            static (work, _) => work.grain.FollowAsync(new ReplyPauseElapsed(work.since)), (grain: this, since),
            new GrainTimerCreationOptions(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    /// <summary>
    /// Reports a trigger; the one whose report made the difference goes on with the new state. After an answer that was lost nobody knows whose report it was:
    /// then this one goes on, and whoever recovers the session meanwhile leaves the reply alone.
    /// </summary>
    private async Task FollowAsync(MessageTrigger trigger)
    {
        following = true;
        MessageReply reply;
        bool lost;
        try
        {
            (reply, lost) = await RepeatAsync(trigger);
        }
        finally
        {
            following = false;
        }

        if (reply.State is { } state && (reply.Applied || lost)) await WakeAsync(state, recovered: false);
    }

    private async Task<(MessageReply Reply, bool Lost)> RepeatAsync(MessageTrigger trigger)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return (await journal.ReportMessageAsync(id, trigger), failures > 0);
            }
            catch (Exception exception) when (failures < 6)
            {
                LogNotTaken(About, trigger.Kind, id, exception);
                await Task.Delay(TimeSpan.FromMilliseconds(100 << failures), time);
            }
        }
    }

    private async Task AskAsync(MessageState state)
    {
        asking = (state.Round, state.Attempt);
        Prompt? prompt;
        try
        {
            prompt = await journal.GetPromptAsync(id, state.Round, state.Attempt);
        }
        finally
        {
            asking = default;
        }

        if (prompt is null || run is not null) return;
        DelayDeactivation(TimeSpan.FromHours(1));
        run = models.Start(prompt, new(journal, GrainFactory.ReferenceTo<IMessageGrain>(this.GetPrimaryKeyString()), SessionKey.Parse(this.GetPrimaryKeyString()), id, state.Round, state.Attempt));
        LogAsking(About, prompt.Model, id, state.Round);
    }
}
