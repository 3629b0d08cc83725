using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Files;

/// <summary>Files of workspaces as people ask for them, under the rules of the file tools.</summary>
internal sealed class WorkspaceReader : IWorkspaceReader
{
    private const int MaxDepth = 32;
    private const int MaxEntries = 10_000;

    public SessionReply<FolderListing> List(string workspace, string path, bool recursive, int limit) => WorkspaceAccess.Guard(() =>
    {
        using var root = WorkspaceFolder.Open(workspace);
        using var folder = root.OpenFolder(WorkspaceAccess.Inside(path));
        var listing = new Listing(Math.Clamp(limit, 1, MaxEntries), recursive ? MaxDepth : 1, CancellationToken.None);
        listing.Add(folder, "", 1);
        var entries = listing.Entries.Select(entry => new ListedFile(entry.Path, entry.Type, entry.Bytes, entry.ChangedAt));
        return new FolderListing([.. entries], listing.IsTruncated);
    });

    public SessionReply<FileChunk> Read(string workspace, string path, long offset, int count, string? tag)
    {
        var read = WorkspaceAccess.Guard(() =>
        {
            using var root = WorkspaceFolder.Open(workspace);
            using var file = root.OpenFile(WorkspaceAccess.Inside(path));
            var (size, changed) = (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
            var bytes = new byte[(int)Math.Clamp(size - offset, 0, Math.Clamp(count, 0, FileChunk.MaxBytes))];
            var length = bytes.Length == 0 ? 0 : RandomAccess.Read(file.SafeFileHandle, bytes, Math.Max(0, offset));
            return new FileChunk(bytes.AsMemory(0, length), size, WorkspaceAccess.TagOf(changed, size), new(changed, TimeSpan.Zero));
        });
        return read.Value is { } chunk && tag is not null && chunk.Tag != tag ? new(null, new(ErrorCode.Conflict, "The file has changed.")) : read;
    }
}
