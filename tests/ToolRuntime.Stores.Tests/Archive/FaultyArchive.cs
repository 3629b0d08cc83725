using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.Archive;

/// <summary>An archive that may be away.</summary>
internal sealed class FaultyArchive(ISessionArchive archive) : ISessionArchive
{
    public bool Away { get; set; }

    public async Task AddAsync(ArchivedLog log, int part, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        await There.AddAsync(log, part, content, cancellationToken);

    public async Task<byte[]?> ReadAsync(Guid id, int part, CancellationToken cancellationToken = default) => await There.ReadAsync(id, part, cancellationToken);

    public async Task<ImmutableArray<ArchivedLog>> TakeAsync(string store, int limit, CancellationToken cancellationToken = default) =>
        await There.TakeAsync(store, limit, cancellationToken);

    public async Task KeepAsync(ImmutableArray<Guid> used, CancellationToken cancellationToken = default) => await There.KeepAsync(used, cancellationToken);

    public async Task<ImmutableArray<Guid>> ReleaseAsync(ImmutableArray<Guid> unused, CancellationToken cancellationToken = default) =>
        await There.ReleaseAsync(unused, cancellationToken);

    private ISessionArchive There => Away ? throw new SessionLogUnavailableException("away") { Reason = "the archive is away" } : archive;
}
