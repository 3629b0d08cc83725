using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Search;

/// <summary>
/// Texts of sessions, to be found by their words. Derived from the log: it may be thrown away at any time and is made again. Faults throw <see cref="SessionLogUnavailableException"/>.
/// </summary>
public interface ISearchIndex
{
    /// <summary>How far a session has been read; <see cref="SearchPlace.None"/> where nothing is known of it.</summary>
    Task<SearchPlace> FindAsync(SessionKey session, CancellationToken cancellationToken = default);

    /// <summary>The sessions that are known, in the order of their keys, behind <paramref name="after"/>; without notes.</summary>
    Task<ImmutableArray<(SessionKey Session, SearchPlace Place)>> ListAsync(SessionKey? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Writes what was read, each session's whole or not at all; gives those whose place was not the one any more that they were read from.</summary>
    /// <exception cref="InvalidDataException">The store takes none of what one of them has, now or ever; those before it are written.</exception>
    Task<ImmutableArray<SessionKey>> WriteAsync(IReadOnlyList<SearchUpdate> updates, CancellationToken cancellationToken = default);

    /// <summary>Takes texts out, from what is stored too; what was read of the session before and is not written yet is refused from now on. May be repeated.</summary>
    Task RemoveAsync(SessionKey session, ImmutableArray<SearchRemoval> removals, CancellationToken cancellationToken = default);

    /// <summary>Takes a session out. May be repeated.</summary>
    Task ForgetAsync(SessionKey session, CancellationToken cancellationToken = default);

    /// <summary>Finds texts. Which sessions may be read is the caller's to say, and to check again.</summary>
    Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default);
}
