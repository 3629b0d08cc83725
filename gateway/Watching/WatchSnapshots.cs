using System.Collections.Immutable;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Watching;

/// <summary>
/// Makes snapshots for those who watch: the store's list, which wakes nobody; what goes on in those with open work is known from the feed, or asked of their grains,
/// which are awake anyway.
/// </summary>
internal sealed class WatchSnapshots(ISessionLog log, IClusterClient cluster, CommandRetry retry, TimeProvider time)
{
    private const int MaxAsked = 64;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Takes one; a store that is away is asked again until it answers.</summary>
    public async Task<WatchSnapshot> TakeAsync(TenantFeed feed, Identity identity, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var place = feed.Place; // before the list: what changes meanwhile is told after it
            if (await ListAsync(identity, limit + 1, cancellationToken) is { } list)
            {
                var shown = list.Take(limit).ToList();
                var open = shown.Where(IsOpen).Take(MaxAsked).ToList();
                var described = await Task.WhenAll(open.Select(summary => FindAsync(feed, identity, summary)));
                var byId = described.OfType<SessionNews>().ToDictionary(news => news.Session);
                return new([.. shown.Select(summary => Of(summary, byId.GetValueOrDefault(summary.Session)))], place, list.Length > limit);
            }

            await Task.Delay(AfterFailure, time, cancellationToken);
        }
    }

    /// <summary>The newest sessions of the caller's; null where the store can't tell just now.</summary>
    public async Task<SessionSummary[]?> ListAsync(Identity identity, int limit, CancellationToken cancellationToken)
    {
        var reply = await retry.RunAsync(
            async () => new SessionReply<SessionSummary[]>([.. await log.ListAsync(identity.Tenant, identity.AllSessions ? null : identity.Subject, limit, null, cancellationToken)], null), cancellationToken);
        return reply.Value;
    }

    /// <summary>What a list says of a session, with what is known of its work. It says nothing of members, who were told apart by whoever made it.</summary>
    public static SessionNews Of(SessionSummary summary, SessionNews? known) => new(
        summary.Session, summary.Owner, known?.Members ?? [], Math.Max(summary.Head, known?.Seq ?? 0), summary.UpdatedAt, known is null ? summary.Label?.Title : known.Title, known?.Work ?? Idle(summary.Label));

    private static SessionWork Idle(SessionLabel? label) => new(
        label?.Activity switch
        {
            SessionActivity.Running => SessionWorkState.Replying,
            SessionActivity.Waiting => SessionWorkState.WaitingForApproval,
            SessionActivity.Paused => SessionWorkState.Paused,
            SessionActivity.Failed => SessionWorkState.Failed,
            _ => SessionWorkState.Idle,
        },
        0, 0, 0, []);

    private static bool IsOpen(SessionSummary summary) => summary.Label?.Activity is SessionActivity.Running or SessionActivity.Waiting or SessionActivity.Paused;

    private Task<SessionNews?> FindAsync(TenantFeed feed, Identity identity, SessionSummary summary) =>
        feed.Find(summary.Session) is { } lately && lately.Seq >= summary.Head ? Task.FromResult<SessionNews?>(lately) : DescribeAsync(identity.Key(summary.Session), summary);

    /// <summary>What goes on in a session, by its grain; null where nothing does, or that can't be told just now.</summary>
    public async Task<SessionNews?> DescribeAsync(SessionKey key, SessionSummary summary)
    {
        if (!IsOpen(summary)) return null;
        try
        {
            return await cluster.GetGrain<ISessionGrain>(key.ToString()).DescribeAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null; // the list says that something goes on, the next news will say what
        }
    }
}

/// <summary>A snapshot that is being sent, a page at a time.</summary>
/// <param name="sessions">What it has, newest activity first.</param>
/// <param name="place">Where changes go on after it.</param>
/// <param name="truncated">Whether there are older sessions.</param>
internal sealed class WatchSnapshot(ImmutableArray<SessionNews> sessions, FeedPlace place, bool truncated)
{
    private const int PageSize = 100;
    private int sent;
    private bool begun;

    public FeedPlace Place => place;

    public bool IsOver => begun && sent >= sessions.Length;

    /// <summary>The next page; an empty one where there are no sessions at all.</summary>
    public ReadOnlyMemory<byte> Next(Identity identity)
    {
        var page = sessions.Skip(sent).Take(PageSize).ToList();
        sent += page.Count;
        var first = !begun;
        begun = true;
        return WatchFrames.Page(page, first, IsOver ? WatchCursor.Of(place, identity) : null, IsOver && truncated ? sessions[^1] : null);
    }
}
