using ToolRuntime.Sessions;

namespace ToolRuntime.WorkspaceStore;

/// <summary>Workspaces that are not on any silo's host but in a service's sandboxes. Nothing here makes one.</summary>
public interface IRemoteWorkspaces
{
    /// <summary>Whether sessions' workspaces are there; else nothing else here is to be called.</summary>
    bool Active { get; }

    /// <summary>As <see cref="IWorkspaceReader.List"/>.</summary>
    Task<SessionReply<FolderListing>> ListAsync(SessionKey session, string path, bool recursive, int limit);

    /// <summary>As <see cref="IWorkspaceReader.Read"/>.</summary>
    Task<SessionReply<FileChunk>> ReadAsync(SessionKey session, string path, long offset, int count, string? tag);

    /// <summary>Removes all that a session has there, what still runs included. May be repeated.</summary>
    /// <exception cref="WorkspaceStoreException">Something may be left.</exception>
    Task EraseAsync(SessionKey session, CancellationToken cancellationToken = default);
}
