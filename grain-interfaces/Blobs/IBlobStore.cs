namespace ToolRuntime.Blobs;

/// <summary>Where the pictures and files are that tools have published, until their session is deleted.</summary>
public interface IBlobStore
{
    /// <summary>Most bytes of one blob.</summary>
    long MaxBytes { get; }

    /// <summary>Looks whether the store can be used; for the host's start.</summary>
    /// <exception cref="BlobStoreException">It can't.</exception>
    Task CheckAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps a blob; nobody sees it before all of it is there. Its memory does not grow with the content.</summary>
    /// <param name="tenant">Of the session.</param>
    /// <param name="id">Of a blob that does not exist.</param>
    /// <param name="info">What it is.</param>
    /// <param name="content">Its bytes, from the beginning; it can seek.</param>
    /// <param name="written">Told how many bytes have been written to the disk, or sent to the server, so far.</param>
    /// <param name="cancellationToken">Ends it; what was written is removed.</param>
    /// <exception cref="BlobStoreException">It is not kept.</exception>
    Task WriteAsync(string tenant, BlobId id, BlobInfo info, Stream content, Action<long> written, CancellationToken cancellationToken = default);

    /// <summary>A part of a blob; null where there is no such blob.</summary>
    /// <exception cref="BlobStoreException">It can't be had.</exception>
    Task<BlobChunk?> ReadAsync(string tenant, BlobId id, long offset, int count, CancellationToken cancellationToken = default);

    /// <summary>Removes the blobs of a session, or those of its executions of which <paramref name="which"/> says so. May be repeated.</summary>
    /// <exception cref="BlobStoreException">Something may be left.</exception>
    Task EraseAsync(SessionKey session, Func<string, bool>? which = null, CancellationToken cancellationToken = default);
}

/// <summary>A store of blobs could not do something.</summary>
public sealed class BlobStoreException(string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it may be repeated: the store can't be reached, or failed.</summary>
    public bool Retryable { get; } = retryable;
}
