namespace Orleans.Core;

/// <summary>A grain's stored state, without its type.</summary>
public interface IStorage
{
    /// <summary>Version of what was last read or written; <see langword="null"/> when nothing is stored.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    Task ClearStateAsync();

    /// <exception cref="Storage.InconsistentStateException">Somebody else has written meanwhile; the activation ends when the exception leaves the request.</exception>
    Task WriteStateAsync();

    Task ReadStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <summary>A grain's stored state.</summary>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
