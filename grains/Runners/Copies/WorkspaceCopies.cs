using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners.Copies;

/// <summary>The copies that this silo has of workspaces whose truth is in an object store.</summary>
internal sealed partial class WorkspaceCopies(CopyParts parts) : IDisposable
{
    private static readonly TimeSpan CheckWithin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<SessionKey, WorkspaceCopy> copies = new();
    private readonly Lazy<CopyFolder> folder = new(() => new(parts.Options.DataPath));

    /// <summary>A store that refuses us ends the start; one that is away does not.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = folder.Value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var why = $"ToolRuntime:Data:Path: copies of workspaces can't be kept there, or another process does: {exception.Message}";
            throw new OptionsValidationException("", typeof(WorkspaceOptions), [why]);
        }

        try
        {
            _ = folder.Value.Swept.ContinueWith(
                swept => LogNotSwept(parts.Logger, swept.Exception!),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(CheckWithin);
            await parts.Store.CheckAsync(patience.Token).ConfigureAwait(false);
        }
        catch (WorkspaceStoreException refused) when (refused.Fault == WorkspaceFault.Refused)
        {
            throw new OptionsValidationException("", typeof(WorkspaceOptions), [$"ToolRuntime:Workspaces:Store: {refused.Message}"]);
        }
        catch (Exception exception) when (
            exception is WorkspaceStoreException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogAway(parts.Logger, exception);
        }
    }

    public async Task<string> EnterAsync(SessionKey session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var copy = copies.GetOrAdd(session, Create);
            if (!copy.TryEnter())
            {
                await copy.Gone.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                await copy.ReadyAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                return copy.Folder;
            }
            catch
            {
                copy.Exit();
                throw;
            }
        }
    }

    public async ValueTask<NotSaved?> ExitAsync(SessionKey session, bool wait, CancellationToken stopWaiting)
    {
        if (!copies.TryGetValue(session, out var copy)) return null;
        try
        {
            return await copy.SavedAsync(wait, stopWaiting).ConfigureAwait(false);
        }
        finally
        {
            copy.Exit();
        }
    }

    public async Task<T> ReadAsync<T>(SessionKey session, Func<string, T> read, CancellationToken cancellationToken)
    {
        var path = await EnterAsync(session, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => read(path), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            copies.GetValueOrDefault(session)?.Exit();
        }
    }

    public async ValueTask LeaveAsync(SessionKey session)
    {
        if (copies.TryGetValue(session, out var copy)) await copy.LeaveAsync().ConfigureAwait(false);
    }

    public async Task DeleteAsync(SessionKey session)
    {
        if (copies.TryGetValue(session, out var copy)) await copy.DropAsync().ConfigureAwait(false);
        await parts.Store.EraseAsync(session).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (folder.IsValueCreated) folder.Value.Dispose();
    }

    private WorkspaceCopy Create(SessionKey session) =>
        new(session, Path.Combine(folder.Value.Root, session.Tenant, session.Session), parts, gone => copies.TryRemove(new(session, gone)));

    [LoggerMessage(3211, LogLevel.Warning, "The store of workspaces can't be reached yet; sessions have no files until it can.")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(3212, LogLevel.Warning, "Copies of workspaces that a process left behind could not be removed.")]
    private static partial void LogNotSwept(ILogger logger, Exception exception);
}
