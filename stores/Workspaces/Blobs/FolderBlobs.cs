using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;

namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>
/// Blobs in a folder: <c>tenant/session/execution/name</c>, and beside each <c>name.json</c>, which is written last: without it there is no blob.
/// </summary>
internal sealed class FolderBlobs(IOptions<BlobOptions> options) : IBlobStore
{
    private const int PieceBytes = 256 * 1024;
    private const string Facts = ".json", Unfinished = ".tmp";
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string root = options.Value.Root;

    public long MaxBytes => options.Value.MaxBytes;

    public Task CheckAsync(CancellationToken cancellationToken = default) => GuardAsync(() =>
    {
        Directory.CreateDirectory(root, OwnersOnly);
        var probe = Path.Combine(root, $".probe-{Guid.NewGuid():N}");
        File.WriteAllText(probe, "");
        File.Delete(probe);
        return Task.FromResult(true);
    });

    public Task WriteAsync(
        string tenant, BlobId id, BlobInfo info, Stream content, Action<long> written, CancellationToken cancellationToken = default) => GuardAsync(async () =>
    {
        var path = PathOf(tenant, id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnersOnly);
        try
        {
            await CopyAsync(content, path, info.Bytes, written, cancellationToken).ConfigureAwait(false);
            await File.WriteAllBytesAsync(path + Unfinished, JsonSerializer.SerializeToUtf8Bytes(info, BlobJson.Default.BlobInfo), cancellationToken).ConfigureAwait(false);
            File.Move(path + Unfinished, path + Facts);
            return true;
        }
        catch
        {
            File.Delete(path);
            File.Delete(path + Unfinished);
            throw;
        }
    });

    public Task<BlobChunk?> ReadAsync(string tenant, BlobId id, long offset, int count, CancellationToken cancellationToken = default) => GuardAsync(async () =>
    {
        var path = PathOf(tenant, id);
        if (!File.Exists(path + Facts)) return null;
        try
        {
            var info = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path + Facts, cancellationToken).ConfigureAwait(false), BlobJson.Default.BlobInfo)!;
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
            var bytes = new byte[(int)Math.Clamp(info.Bytes - offset, 0, count)];
            var length = 0;
            while (length < bytes.Length)
            {
                var read = await RandomAccess.ReadAsync(file, bytes.AsMemory(length), offset + length, cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                length += read;
            }

            return new BlobChunk(bytes.AsMemory(0, length), info);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public Task EraseAsync(SessionKey session, Func<string, bool>? which = null, CancellationToken cancellationToken = default) =>
        GuardAsync(() => Task.Run(() => Erase(Path.Combine(root, Segment(session.Tenant), Segment(session.Session)), which), cancellationToken));

    private static bool Erase(string folder, Func<string, bool>? which)
    {
        if (!Directory.Exists(folder)) return true;
        if (which is null) Directory.Delete(folder, recursive: true);
        else
        {
            foreach (var execution in Directory.GetDirectories(folder).Where(path => which(Path.GetFileName(path)))) Directory.Delete(execution, recursive: true);
        }

        return true;
    }

    /// <summary>Bytes count as written when they are on the disk as far as the system tells.</summary>
    private static async Task CopyAsync(Stream content, string path, long total, Action<long> written, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, total);
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long at = 0; at < total;)
            {
                var length = await content.ReadAsync(piece.AsMemory(0, (int)Math.Min(PieceBytes, total - at)), cancellationToken).ConfigureAwait(false);
                if (length == 0) throw new BlobStoreException("The file became shorter while it was published.", retryable: true);
                await RandomAccess.WriteAsync(file, piece.AsMemory(0, length), at, cancellationToken).ConfigureAwait(false);
                at += length;
                written(at);
            }

            RandomAccess.FlushToDisk(file);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException("The folder of published files can't be used just now.", retryable: true, exception);
        }
    }

    private string PathOf(string tenant, BlobId id) => Path.Combine(root, Segment(tenant), Segment(id.Session), Segment(id.Execution), Segment(id.Name));

    private static string Segment(string id) => EntityId.IsValid(id) ? id : throw new ArgumentException($"'{id}' is no id.", nameof(id));
}
