using ToolRuntime.Sessions;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Providers;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Sessions' sandboxes, as people look into them, and their end.</summary>
internal sealed class DaytonaWorkspaces(DaytonaSandboxes sandboxes, DaytonaFiles files, ISandbox sandbox) : IRemoteWorkspaces
{
    private const int MaxDepth = 32;
    private const int MaxEntries = 10_000;

    public bool Active => sandbox is DaytonaSandbox;

    public async Task<SessionReply<FolderListing>> ListAsync(SessionKey session, string path, bool recursive, int limit)
    {
        return await GuardAsync(async () =>
        {
            // To look is no reason to make one.
            if (!await sandboxes.ExistsAsync(session, CancellationToken.None)) return path is "" or "." ? FolderListing.Nothing : throw FileToolException.NotFound(path);
            var found = await files.ListAsync(session, Inside(path), Math.Clamp(limit, 1, MaxEntries), recursive ? MaxDepth : 1, null, CancellationToken.None);
            return new FolderListing([.. found.Entries.Select(entry => new ListedFile(entry.Path, entry.Type, entry.Bytes))], found.IsTruncated);
        });
    }

    public async Task<SessionReply<FileChunk>> ReadAsync(SessionKey session, string path, long offset, int count, string? tag)
    {
        var read = await GuardAsync(async () =>
        {
            if (!await sandboxes.ExistsAsync(session, CancellationToken.None)) throw FileToolException.NotFound(path);
            var (facts, bytes) = await files.ReadAsync(session, Inside(path), Math.Max(0, offset), Math.Clamp(count, 0, FileChunk.MaxBytes), CancellationToken.None);
            return new FileChunk(bytes, facts.Size, facts.Version, facts.ChangedAt);
        });
        return read.Value is { } chunk && tag is not null && chunk.Tag != tag ? new(null, new(ErrorCode.Conflict, "The file has changed.")) : read;
    }

    public async Task EraseAsync(SessionKey session, CancellationToken cancellationToken)
    {
        try
        {
            await sandboxes.DeleteAsync(session, cancellationToken);
        }
        catch (ProviderException e)
        {
            throw new WorkspaceStoreException(WorkspaceFault.Unavailable, e.Message, e);
        }
    }

    /// <summary>People know no absolute path.</summary>
    private static string Inside(string path) => path.StartsWith('/') ? throw FileToolException.Outside(path) : path.Length == 0 ? "." : path;

    private static async Task<SessionReply<T>> GuardAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return new(await read(), null);
        }
        catch (FileToolException e)
        {
            return new(default, new(e.Error.Code == "not_found" ? ErrorCode.NotFound : ErrorCode.InvalidCommand, e.Message));
        }
        catch (ProviderException e)
        {
            return new(default, new(ErrorCode.Unavailable, e.Message, e.Error.Retryable));
        }
    }
}
