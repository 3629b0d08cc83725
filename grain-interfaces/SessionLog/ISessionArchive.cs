using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>
/// Where the logs of idle sessions go: each a few parts under an id of its own, written once and never changed. Which of them are in use is not known here but
/// in the log's own store, so there may be some too many and never one too few. Faults throw <see cref="SessionLogUnavailableException"/>.
/// </summary>
public interface ISessionArchive
{
    /// <summary>Keeps a part durably. The same one again changes nothing.</summary>
    Task AddAsync(ArchivedLog log, int part, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>A part; null: there is none.</summary>
    Task<byte[]?> ReadAsync(Guid id, int part, CancellationToken cancellationToken = default);

    /// <summary>Some of a store's that have not been looked at for long, each given to one who asks.</summary>
    Task<ImmutableArray<ArchivedLog>> TakeAsync(string store, int limit, CancellationToken cancellationToken = default);

    /// <summary>These are in use.</summary>
    Task KeepAsync(ImmutableArray<Guid> used, CancellationToken cancellationToken = default);

    /// <summary>
    /// These are not in use, and never will be: they go when they are named again after a time, which lets the log's store go back by as much. The ids of those
    /// that went.
    /// </summary>
    Task<ImmutableArray<Guid>> ReleaseAsync(ImmutableArray<Guid> unused, CancellationToken cancellationToken = default);
}

/// <summary>A log in the archive.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Store">Which log store it came from; several may share an archive.</param>
/// <param name="Session">Whose it is.</param>
public sealed record ArchivedLog(Guid Id, string Store, SessionKey Session);
