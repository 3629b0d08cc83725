namespace ToolRuntime.WorkspaceStore;

/// <summary>
/// Where sessions' workspaces outlive their silo when silos share no folder. At any time one holder may save a workspace: the last one that
/// restored it.
/// </summary>
public interface IWorkspaceStore
{
    /// <summary>Looks whether the store can be used; for the host's start.</summary>
    /// <exception cref="WorkspaceStoreException">It can't.</exception>
    Task CheckAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes the workspace from whoever held it and puts what is saved of it into a folder, which exists and is empty.</summary>
    /// <exception cref="WorkspaceStoreException">It could not be done; the folder may hold anything.</exception>
    Task<IWorkspaceHold> RestoreAsync(SessionKey session, string folder, CancellationToken cancellationToken = default);

    /// <summary>Removes all that is saved of a session. May be repeated.</summary>
    /// <exception cref="WorkspaceStoreException">Something may be left.</exception>
    Task EraseAsync(SessionKey session, CancellationToken cancellationToken = default);
}

/// <summary>The right to save one session's workspace. One call at a time.</summary>
public interface IWorkspaceHold
{
    /// <summary>
    /// Saves what has changed in the folder since; whoever restores it afterwards gets all of that or, where this fails, nothing of it.
    /// </summary>
    /// <exception cref="WorkspaceStoreException">Nothing was saved, or it is not known; it may be repeated.</exception>
    Task<WorkspaceSave> SaveAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes the workspace back after <see cref="WorkspaceFault.Taken"/>; what the other holder saved is what the next save replaces.
    /// </summary>
    Task TakeBackAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a save did.</summary>
/// <param name="Changed">Whether there was anything to save.</param>
/// <param name="UploadedBytes">Bytes of files that the store did not have.</param>
/// <param name="LeftOut">Files that can't be kept: they may not be read, or are pipes, sockets or devices.</param>
public sealed record WorkspaceSave(bool Changed, long UploadedBytes, int LeftOut);

/// <summary>Why a store of workspaces did not do something.</summary>
public enum WorkspaceFault
{
    /// <summary>It can't be reached, or failed. May be repeated.</summary>
    Unavailable,

    /// <summary>It refuses us: a wrong bucket, key or permission. A person has to mend it.</summary>
    Refused,

    /// <summary>Another holder has taken the workspace.</summary>
    Taken,

    /// <summary>The workspace is beyond a limit.</summary>
    TooLarge,

    /// <summary>What it has is not what was saved.</summary>
    Damaged,
}

/// <summary>A store of workspaces could not do something.</summary>
public sealed class WorkspaceStoreException(WorkspaceFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public WorkspaceFault Fault { get; } = fault;
}
