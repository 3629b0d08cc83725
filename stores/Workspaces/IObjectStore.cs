namespace ToolRuntime.Stores.Workspaces;

/// <summary>
/// The part of S3 that workspaces need. What fails is a <see cref="ToolRuntime.WorkspaceStore.WorkspaceStoreException"/>.
/// </summary>
internal interface IObjectStore
{
    /// <summary>An object and its tag; null where there is none.</summary>
    Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes an object, whole, and returns its tag; null where the condition does not hold.</summary>
    Task<string?> PutAsync(string key, Stream content, PutIf condition, CancellationToken cancellationToken);

    /// <summary>Every key with a prefix.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes an object, if there is one.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>An object's bytes, to be read once, and its tag.</summary>
internal sealed record StoredObject(Stream Content, string Tag) : IDisposable
{
    public void Dispose() => Content.Dispose();
}

/// <summary>When an object may be written.</summary>
internal readonly record struct PutIf(bool Absent, string? Tag)
{
    public static PutIf Any => default;

    public static PutIf None => new(true, null);

    /// <summary>It still has that tag.</summary>
    public static PutIf Is(string tag) => new(false, tag);
}
