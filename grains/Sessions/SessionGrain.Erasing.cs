namespace ToolRuntime.Sessions;

/// <summary>What is taken away for good: what was erased or reset, and a session that is deleted.</summary>
internal sealed partial class SessionGrain
{
    private Task? erasing;
    private Task? deleting;

    /// <summary>Takes up what a crash or a fault has left to erase or delete; the reminder tries again.</summary>
    private async Task CleanUpAsync()
    {
        try
        {
            if (state.DeletedBy is not null) await DeleteAsync();
            else if (!state.Erasures.IsEmpty) await EraseAsync();
            if (line is { } open && state.DeletedBy is null) await jobs!.ReportAsync(open);
        }
        catch (Exception exception)
        {
            LogCleanUpFailed(About, session, exception);
        }
    }

    private Task EraseAsync() => erasing is { IsCompleted: false } running ? running : erasing = EraseNowAsync();

    private async Task EraseNowAsync()
    {
        while (line is { } open && state is { DeletedBy: null, Erasures: { IsEmpty: false } due })
        {
            await silo.Leftovers.ForgetResultsAsync(session);
            // A reset ends the links to what it erases.
            if (due.LastOrDefault(erasure => erasure.MessageId is null) is { } reset) await silo.Leftovers.RevokeSharesAsync(session, reset.Seq);
            if (line != open) return;
            await open.EraseAsync(due, which => silo.Leftovers.ForgetBlobsAsync(session, which));
            if (line != open) return; // deleted meanwhile, with all there was to erase
            state = state.Erased(due);
            await open.SettleAsync();
        }
    }

    private Task DeleteAsync() => deleting is { IsCompleted: false } running ? running : deleting = DeleteNowAsync();

    /// <summary>The log goes last: as long as it is there, whoever finds it goes on from the start.</summary>
    private async Task DeleteNowAsync()
    {
        if (line is not { } open || state.DeletedBy is not { } by) return;
        await open.CommittedAsync();
        await jobs!.RemoveAsync(open);
        await silo.Leftovers.RemoveAsync(GrainFactory, session, toStop);
        await open.EndAsync(by);
        await log.DeleteAsync(session);
        (line, state, toStop) = (null, new(), []);
        unlogged.Clear();
        await ForgetReminderAsync(SessionLine.WorkReminder);
    }
}
