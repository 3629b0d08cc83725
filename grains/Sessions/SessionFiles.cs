using ToolRuntime.Blobs;
using ToolRuntime.Runners;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Sessions;

/// <summary>Reads files of sessions that are on this silo.</summary>
internal sealed class SessionFiles(Workspaces workspaces, IWorkspaceReader? reader = null, IBlobStore? blobs = null, IRemoteWorkspaces? remote = null)
{
    private static Rejection Missing => new(ErrorCode.NotFound, "There is no such file.");

    public Task<SessionReply<FolderListing>> ListAsync(SessionKey session, string path, bool recursive, int limit) => remote is { Active: true }
        ? remote.ListAsync(session, path, recursive, limit)
        : ReadAsync(session, folder => reader!.List(folder, path, recursive, limit), path is "" or "." ? new(FolderListing.Nothing, null) : new(null, Missing));

    public Task<SessionReply<FileChunk>> ReadAsync(SessionKey session, string path, long offset, int count, string? tag) => remote is { Active: true }
        ? remote.ReadAsync(session, path, offset, count, tag)
        : ReadAsync(session, folder => reader!.Read(folder, path, offset, count, tag), new(null, Missing));

    public async Task<SessionReply<BlobChunk>> ReadBlobAsync(SessionKey session, BlobId blob, long offset, int count)
    {
        try
        {
            var found = blobs is null || blob.Session != session.Session
                ? null
                : await blobs.ReadAsync(session.Tenant, blob, Math.Max(0, offset), Math.Clamp(count, 0, BlobChunk.MaxBytes));
            return found is null ? new(null, new(ErrorCode.NotFound, "There is no such blob.")) : new(found, null);
        }
        catch (BlobStoreException exception)
        {
            return new(null, new(ErrorCode.Unavailable, exception.Message, Retryable: true));
        }
    }

    private async Task<SessionReply<T>> ReadAsync<T>(SessionKey session, Func<string, SessionReply<T>> read, SessionReply<T> none)
    {
        if (reader is null) return none;
        try
        {
            return await workspaces.ReadAsync(session, read, none);
        }
        catch (WorkspaceStoreException exception)
        {
            return new(default, new(ErrorCode.Unavailable, exception.Message, Retryable: true));
        }
    }
}
