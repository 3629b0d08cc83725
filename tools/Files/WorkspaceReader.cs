using System.Globalization;
using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Files;

/// <summary>Files of workspaces as people ask for them, under the rules of the file tools.</summary>
internal sealed class WorkspaceReader : IWorkspaceReader
{
    private const int MaxDepth = 32;
    private const int MaxEntries = 10_000;

    public SessionReply<FolderListing> List(string workspace, string path, bool recursive, int limit) => Guard(() =>
    {
        using var root = WorkspaceFolder.Open(workspace);
        using var folder = root.OpenFolder(Inside(path));
        var listing = new Listing(Math.Clamp(limit, 1, MaxEntries), recursive ? MaxDepth : 1, CancellationToken.None);
        listing.Add(folder, "", 1);
        var entries = listing.Entries.Select(entry => new ListedFile(entry.Path, entry.Type, entry.Bytes));
        return new FolderListing([.. entries], listing.IsTruncated);
    });

    public SessionReply<FileChunk> Read(string workspace, string path, long offset, int count, string? tag)
    {
        var read = Guard(() =>
        {
            using var root = WorkspaceFolder.Open(workspace);
            using var file = root.OpenFile(Inside(path));
            var (size, changed) = (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
            var bytes = new byte[(int)Math.Clamp(size - offset, 0, Math.Clamp(count, 0, FileChunk.MaxBytes))];
            var length = bytes.Length == 0 ? 0 : RandomAccess.Read(file.SafeFileHandle, bytes, Math.Max(0, offset));
            var version = string.Create(CultureInfo.InvariantCulture, $"{changed.Ticks:x}-{size:x}");
            return new FileChunk(bytes.AsMemory(0, length), size, version, new(changed, TimeSpan.Zero));
        });
        return read.Value is { } chunk && tag is not null && chunk.Tag != tag ? new(null, new(ErrorCode.Conflict, "The file has changed.")) : read;
    }

    /// <summary>People know no absolute path.</summary>
    private static string Inside(string path) => path.StartsWith('/') ? throw FileToolException.Outside(path) : path;

    private static SessionReply<T> Guard<T>(Func<T> read)
    {
        try
        {
            return new(read(), null);
        }
        catch (FileToolException exception)
        {
            return new(default, new(exception.Error.Code == "not_found" ? ErrorCode.NotFound : ErrorCode.InvalidCommand, exception.Message));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(default, new(ErrorCode.NotFound, "The file or its folder is gone."));
        }
        catch (UnauthorizedAccessException)
        {
            return new(default, new(ErrorCode.Forbidden, "The operating system denies it."));
        }
        catch (IOException)
        {
            return new(default, new(ErrorCode.Unavailable, "The file can't be read just now.", Retryable: true));
        }
    }
}
