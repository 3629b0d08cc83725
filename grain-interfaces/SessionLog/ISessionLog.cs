using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>
/// The only place where anything is committed: one append-only log per session, numbered from 1 without holes within an epoch.
/// One writer at a time; opening voids every earlier token. Any process may read. Infrastructure faults throw <see cref="SessionLogUnavailableException"/>.
/// </summary>
public interface ISessionLog
{
    /// <summary>
    /// Takes the log over for writing: a new token, every earlier one is void. A log that does not exist is begun with a new epoch,
    /// owned by <paramref name="createFor"/>; null then gives null and begins nothing.
    /// </summary>
    Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends all entries or none, durably. <paramref name="entries"/> are numbered <c>expectedHead + 1 ..</c>.
    /// <paramref name="header"/>, when given, changes the log's header in the same commit. No entries is allowed, to change the header alone.
    /// The writer gives entries their <see cref="EncodedEvent.Check"/>, a new one with each append; the log keeps it.
    /// Cancelling has no effect once the append is under way, since its outcome has to be known.
    /// </summary>
    /// <exception cref="ArgumentException">The entries are not numbered so.</exception>
    Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default);

    /// <summary>The header, or null for a session that does not exist. Wakes nothing and voids no token.</summary>
    Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default);

    /// <summary>
    /// Entries after <paramref name="after"/>, in order, up to the limits but at least one if there is one. Where <paramref name="after"/> lies before
    /// the first kept entry the page begins with that one. A session that does not exist gives an empty page whose epoch is empty.
    /// </summary>
    Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default);

    /// <summary>
    /// The newest messages created before <paramref name="before"/> (null: the newest), at most <c>MaxEntries</c> of them and about <c>MaxBytes</c>, but at least one
    /// if there is one. Null: that message is not kept, or was before a reset. A message whose creation was trimmed is not there.
    /// Reads the whole log, unless the store knows better.
    /// </summary>
    Task<MessagePage?> ReadMessagesAsync(SessionKey session, string? before, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        MessageScan.ReadAsync(this, session, before, limits, cancellationToken);

    /// <summary>
    /// The entries up to and including <paramref name="at"/> without output that no view of the session then shows: what was printed before the last
    /// <see cref="OutputEntries.KeptChars"/> of its stream, or by an earlier attempt; with <paramref name="execution"/>, without any output of others. Private parts are empty.
    /// Null: they are more than the limits, or the store knows no better than <see cref="ReadAsync"/>.
    /// </summary>
    Task<LogPage?> ReadMomentAsync(SessionKey session, long at, string? execution, LogReadLimits limits, CancellationToken cancellationToken = default) => Task.FromResult<LogPage?>(null);

    /// <summary>Epoch and head of the sessions that exist among <paramref name="sessions"/>.</summary>
    Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default);

    /// <summary>Drops entries up to and including <paramref name="upTo"/>; a void token changes nothing and returns false.</summary>
    Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces entries, as far as they are still kept, by others of the same seq and type; their checks stay. When it completes, what they held, and what was trimmed before,
    /// is gone from the store's files too. May be repeated; nothing to replace is allowed. A void token changes nothing and returns false.
    /// </summary>
    Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces entries like <see cref="EraseAsync"/>, without waiting until nothing of what they held is in the store's files any more: to save room, not to forget.
    /// </summary>
    Task<bool> ReplaceAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        EraseAsync(session, token, replacements, cancellationToken);

    /// <summary>Gives a log that is known to have gone back in time a new epoch and a new token; its entries stay as they are. A void token changes nothing and returns null.</summary>
    Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default);

    /// <summary>Removes the session's log with its header; when it completes, from the store's files too.</summary>
    Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default);

    /// <summary>What an owner and its tenant have stored; trimming, erasing and deleting give back. Cheap: kept as running totals, with nothing to wait for but the first time, and in a cluster one short question now and then.</summary>
    ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default);

    /// <summary>Sessions whose last header change said that work is open: whom a process that was killed must wake when it starts again.</summary>
    Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sessions in which <paramref name="holder"/> may have left open work: all in which it has, and maybe some in which it was about to or has ended it. For those who take over when it is dead.
    /// A store of one process has one holder, and gives <see cref="ListOpenWorkAsync"/>.
    /// </summary>
    Task<ImmutableArray<SessionKey>> ListOpenWorkOfAsync(string holder, CancellationToken cancellationToken = default) => ListOpenWorkAsync(cancellationToken);

    /// <summary>Sessions of a tenant that <paramref name="subject"/> owns or is a member of (null: all), newest activity first, at most <paramref name="limit"/>, those behind <paramref name="after"/>.</summary>
    Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default);

    /// <summary>Sessions of all tenants whose ids begin with <paramref name="prefix"/>, that have no open work, and in which nothing has happened since <paramref name="since"/>.</summary>
    Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default);
}
