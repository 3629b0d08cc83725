using Microsoft.Extensions.Options;
using ToolRuntime.Runners.Copies;

namespace ToolRuntime.Runners;

/// <summary>
/// A folder per session, made on first use and open to our own user only: the workspace itself, or with an object store a copy that is
/// saved there. Ids are path segments as they are: <see cref="EntityId"/> allows no separator, no <c>.</c> and no <c>..</c>.
/// </summary>
internal sealed class Workspaces(IOptions<WorkspaceOptions> options, WorkspaceCopies? copies = null) : IDisposable
{
    private readonly string root = options.Value.Root;

    /// <summary>Whether this silo has only copies of what is kept elsewhere.</summary>
    public bool AreCopies => copies is not null;

    /// <summary>Refuses a folder that can't be written to, and a store that refuses us.</summary>
    /// <exception cref="OptionsValidationException">It can't be used as it is configured.</exception>
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        var shared = !string.IsNullOrEmpty(options.Value.Path);
        if (copies is not null) return shared ? throw Refused("Path and Store exclude each other.") : copies.CheckAsync(cancellationToken);
        if (!shared) return Task.CompletedTask;
        try
        {
            FolderTree.Create(root);
            var probe = Path.Combine(root, $".probe-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Task.CompletedTask;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused($"Path {root} can't be written to: {exception.Message}");
        }
    }

    /// <summary>
    /// The session's folder, absolute; it exists, with all that was saved. Each call needs an <see cref="ExitAsync"/> after it.
    /// </summary>
    /// <exception cref="ToolRuntime.WorkspaceStore.WorkspaceStoreException">What was saved can't be had just now.</exception>
    public async ValueTask<string> EnterAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        var path = Find(session);
        if (copies is not null) return await copies.EnterAsync(session, cancellationToken).ConfigureAwait(false);
        FolderTree.Create(path);
        return path;
    }

    /// <summary>A user of the workspace has ended. What it changed is saved before this completes, or why not is told.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="wait">Whether to wait for the save at all.</param>
    /// <param name="stopWaiting">Ends the wait, not the save.</param>
    public ValueTask<NotSaved?> ExitAsync(SessionKey session, bool wait, CancellationToken stopWaiting) =>
        copies is null ? default : copies.ExitAsync(session, wait, stopWaiting);

    /// <summary>Acts on the session's folder, if it has one, without changing it.</summary>
    public async Task<T> ReadAsync<T>(SessionKey session, Func<string, T> read, T none, CancellationToken cancellationToken = default)
    {
        if (copies is not null) return await copies.ReadAsync(session, read, cancellationToken).ConfigureAwait(false);
        var path = Find(session);
        return await Task.Run(() => Directory.Exists(path) ? read(path) : none, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The session is not on this silo any more. What is kept elsewhere needs no copy here.</summary>
    public ValueTask LeaveAsync(SessionKey session) => copies is null ? default : copies.LeaveAsync(session);

    /// <summary>Removes the session's folder with all that is in it, if there is one, and all that is saved of it.</summary>
    public async Task DeleteAsync(SessionKey session)
    {
        var path = Find(session);
        if (copies is not null) await copies.DeleteAsync(session).ConfigureAwait(false);
        await Task.Run(() => FolderTree.Delete(path)).ConfigureAwait(false);
    }

    public void Dispose() => copies?.Dispose();

    private static OptionsValidationException Refused(string why) => new("", typeof(WorkspaceOptions), [$"ToolRuntime:Workspaces: {why}"]);

    private string Find(SessionKey session)
    {
        if (!EntityId.IsValid(session.Tenant) || !EntityId.IsValid(session.Session))
        {
            throw new ArgumentException($"'{session}' is no session key.", nameof(session));
        }

        return Path.Combine(root, session.Tenant, session.Session);
    }
}

/// <summary>Why a workspace was not saved.</summary>
/// <param name="Code"><c>workspace_unavailable</c> or <c>workspace_too_large</c>.</param>
/// <param name="Message">For a person.</param>
internal sealed record NotSaved(string Code, string Message);
