using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners;

/// <summary>A file that comes in parts, in the silo's data folder without a name, so that nothing of it is left whatever ends this process.</summary>
internal sealed class FileUpload : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly FileStream file;
    private readonly ITimer silence;
    private Task<SessionReply<WrittenFile>>? ending;
    private long size;

    private FileUpload(FileStream file, ITimer silence) => (this.file, this.silence) = (file, silence);

    /// <summary>Whether it is being put in its place.</summary>
    public bool Stays => ending is { IsCompleted: false };

    /// <summary>Whether it is in its place; it is remembered for a while, for who asks again.</summary>
    public bool Ended => ending is { IsCompleted: true };

    /// <exception cref="IOException">The data folder takes none.</exception>
    public static FileUpload Begin(string folder, ITimer silence)
    {
        FolderTree.Create(folder);
        var path = Path.Combine(folder, $".upload-{Guid.NewGuid():N}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        File.Delete(path);
        return new(file, silence);
    }

    /// <summary>Another time the same part changes nothing. Gives how many bytes have come, or why not.</summary>
    public async Task<SessionReply<WrittenFile>> TakeAsync(long offset, ReadOnlyMemory<byte> bytes, long most)
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var come = ending is null ? size : long.MaxValue;
            if (offset > come) return Lost();
            if (offset + bytes.Length <= come) return new(new(offset + bytes.Length), null);
            if (offset + bytes.Length > most) return TooLarge(most);
            await RandomAccess.WriteAsync(file.SafeFileHandle, bytes, offset).ConfigureAwait(false);
            size = offset + bytes.Length;
            return new(new(size), null);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return new(null, new(ErrorCode.Unavailable, "The server can't keep the file just now.", Retryable: true));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Puts it in its place, once.</summary>
    public Task<SessionReply<WrittenFile>> EndAsync(Func<Stream, Task<SessionReply<WrittenFile>>> place)
    {
        lock (gate) return ending ??= PlaceAsync(place);
    }

    public static SessionReply<WrittenFile> Lost() => new(null, new(ErrorCode.Conflict, "What came before of the file is gone; send all of it again."));

    public static SessionReply<WrittenFile> TooLarge(long most) => new(null, new(ErrorCode.TooLarge, $"A file that is uploaded has at most {most} bytes."));

    public void Dispose()
    {
        silence.Dispose();
        file.Dispose();
    }

    private async Task<SessionReply<WrittenFile>> PlaceAsync(Func<Stream, Task<SessionReply<WrittenFile>>> place)
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await place(file).ConfigureAwait(false);
        }
        finally
        {
            await file.DisposeAsync().ConfigureAwait(false);
            turn.Release();
        }
    }
}
