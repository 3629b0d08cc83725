using System.Diagnostics.CodeAnalysis;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners.Copies;

/// <summary>
/// One session's workspace on this silo: restored before its first use, saved at the end of each execution that used it, removed when the
/// session has left.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore holds nothing while nobody asks for its wait handle.")]
internal sealed partial class WorkspaceCopy(SessionKey session, string folder, CopyParts parts, Action<WorkspaceCopy> forget)
{
    /// <summary>Where the last save failed nobody waits long for the next.</summary>
    private static readonly TimeSpan WhileFailing = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LongestRetry = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim working = new(1); // one restore, save or removal at a time
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IWorkspaceHold? hold;
    private Task? restoring;
    private Task<NotSaved?>? next;
    private Task retrying = Task.CompletedTask;
    private int users;
    private bool leaving, dropped, unsaved, tooLarge, slow;

    public string Folder => folder;

    /// <summary>Completes when it is removed; then there may be another one.</summary>
    public Task Gone => gone.Task;

    /// <summary>False: it is being removed.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (dropped) return false;
            (users, leaving) = (users + 1, false);
            return true;
        }
    }

    public void Exit()
    {
        lock (gate) users--;
        RemoveIfUnused();
    }

    /// <summary>What is saved is in the folder. A failure is forgotten with its callers.</summary>
    public Task ReadyAsync()
    {
        lock (gate) return restoring is { IsFaulted: false, IsCanceled: false } ? restoring : restoring = Task.Run(RestoreAsync);
    }

    /// <summary>Saves what is there now, and waits a while for it.</summary>
    public async Task<NotSaved?> SavedAsync(bool wait, CancellationToken stopWaiting = default)
    {
        var round = SaveAsync();
        if (!wait) return null;
        try
        {
            var patience = unsaved || slow ? WhileFailing : parts.Options.SaveWithin;
            return await round.WaitAsync(patience, parts.Time, stopWaiting).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            slow = true;
            return new(ToolErrorCodes.WorkspaceUnavailable, "The store of workspaces takes long. Files are saved later.");
        }
    }

    /// <summary>The session is elsewhere from now on, or sleeps. What nobody waited for is saved before another silo restores it.</summary>
    public async Task LeaveAsync()
    {
        lock (gate) leaving = true;
        await SavedAsync(wait: true).ConfigureAwait(false);
        RemoveIfUnused();
    }

    /// <summary>Removes it, whatever it holds.</summary>
    public async Task DropAsync()
    {
        bool mine;
        lock (gate) (mine, dropped) = (!dropped, true);
        if (mine) await RemoveAsync().ConfigureAwait(false);
        await Gone.ConfigureAwait(false);
    }

    private async Task RestoreAsync()
    {
        await working.WaitAsync().ConfigureAwait(false);
        try
        {
            FolderTree.Delete(folder);
            FolderTree.Create(folder);
            hold = await parts.Store.RestoreAsync(session, folder).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceStoreException(WorkspaceFault.Unavailable, "The session's files can't be restored just now.", exception);
        }
        finally
        {
            working.Release();
        }
    }

    /// <summary>A save that begins after now. Those who ask while one is under way share the next.</summary>
    private Task<NotSaved?> SaveAsync()
    {
        lock (gate) return next ??= Task.Run(SaveNextAsync);
    }

    private async Task<NotSaved?> SaveNextAsync()
    {
        await working.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (gate) next = null;
            return dropped || hold is null ? null : await SaveNowAsync(hold).ConfigureAwait(false);
        }
        finally
        {
            slow = false;
            working.Release();
            RemoveIfUnused();
        }
    }

    private async Task<NotSaved?> SaveNowAsync(IWorkspaceHold mine)
    {
        try
        {
            var save = await SaveOrTakeBackAsync(mine).ConfigureAwait(false);
            if (save.LeftOut > 0) LogLeftOut(parts.Logger, session, save.LeftOut);
            if (unsaved) LogSavedAgain(parts.Logger, session);
            SetUnsaved(false);
            parts.Meter.Saved(save.Changed ? "saved" : "unchanged", save.UploadedBytes);
            return null;
        }
        catch (WorkspaceStoreException exception) when (exception.Fault == WorkspaceFault.Taken)
        {
            LogTaken(parts.Logger, session);
            parts.Meter.Saved("taken");
            SetUnsaved(false);
            lock (gate) (hold, restoring) = (null, null);
            return new(ToolErrorCodes.WorkspaceUnavailable, "Another silo has the session's files.");
        }
        catch (WorkspaceStoreException exception) when (exception.Fault == WorkspaceFault.TooLarge)
        {
            if (!tooLarge) LogTooLarge(parts.Logger, session, exception.Message);
            parts.Meter.Saved("too_large");
            SetUnsaved(true, tooLarge: true);
            return new(ToolErrorCodes.WorkspaceTooLarge, exception.Message);
        }
        catch (Exception exception)
        {
            if (!unsaved) LogNotSaved(parts.Logger, session, exception);
            parts.Meter.Saved("unavailable");
            SetUnsaved(true);
            lock (gate)
            {
                if (retrying.IsCompleted) retrying = RetryAsync();
            }

            return new(ToolErrorCodes.WorkspaceUnavailable, "The store of workspaces is away. Files are saved when it is back.");
        }
    }

    /// <summary>Where the session is here, and no other silo has its log, its files here are the ones that count.</summary>
    private async Task<WorkspaceSave> SaveOrTakeBackAsync(IWorkspaceHold mine)
    {
        try
        {
            return await mine.SaveAsync().ConfigureAwait(false);
        }
        catch (WorkspaceStoreException exception) when (exception.Fault == WorkspaceFault.Taken)
        {
            if (!await parts.Sessions.HoldsAsync(session).ConfigureAwait(false)) throw;
            await mine.TakeBackAsync().ConfigureAwait(false);
            return await mine.SaveAsync().ConfigureAwait(false);
        }
    }

    private async Task RetryAsync()
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry)
        {
            await Task.Delay(wait, parts.Time).ConfigureAwait(false);
            if (dropped || !unsaved || tooLarge) return;
            await SaveAsync().ConfigureAwait(false);
        }
    }

    private void SetUnsaved(bool now, bool tooLarge = false)
    {
        if (now != unsaved) parts.Meter.Unsaved(now ? 1 : -1);
        (unsaved, this.tooLarge) = (now, tooLarge);
    }

    private void RemoveIfUnused()
    {
        lock (gate)
        {
            if (users > 0 || unsaved || next is not null || dropped || !(leaving || !parts.Sessions.IsHere(session))) return;
            dropped = true;
        }

        _ = Task.Run(RemoveAsync);
    }

    private async Task RemoveAsync()
    {
        await working.WaitAsync().ConfigureAwait(false);
        try
        {
            FolderTree.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(parts.Logger, session, exception);
        }
        finally
        {
            SetUnsaved(false);
            working.Release();
            forget(this);
            gone.SetResult();
        }
    }
}
