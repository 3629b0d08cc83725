using System.Collections.Immutable;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Watching;

/// <summary>Who watches.</summary>
/// <param name="Identity">Who it is, by what he was last let in with.</param>
/// <param name="Wake">Called when there may be something to send.</param>
/// <param name="Limit">How many sessions a snapshot has at most.</param>
/// <param name="Interval">Time between two frames of changes.</param>
internal sealed record Watcher(Func<Identity> Identity, Action Wake, int Limit, TimeSpan Interval);

/// <summary>
/// One who watches the sessions that he may read: a place in his tenant's feed. Begins with a snapshot, unless his place is still there; begins anew with one
/// whenever it is lost.
/// </summary>
internal sealed class SessionsReader : IFrameSource, IAsyncDisposable
{
    private const int ChangesAtOnce = 100;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Watcher watcher;
    private readonly TenantFeeds feeds;
    private readonly WatchSnapshots snapshots;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();
    private readonly Lock gate = new();
    private readonly ITimer alarm;
    private TenantFeed? feed;
    private FeedPlace place;
    private WatchSnapshot? snapshot;
    private bool? all;
    private bool loading;
    private bool begun;
    private long lastFrame;
    private int changed = 1;

    public SessionsReader(Watcher watcher, TenantFeeds feeds, WatchSnapshots snapshots, TimeProvider time)
    {
        (this.watcher, this.feeds, this.snapshots, this.time) = (watcher, feeds, snapshots, time);
        alarm = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who watches.</summary>
    public Identity Identity => watcher.Identity();

    /// <summary>Where the frame that was taken last lets a client go on; null within a snapshot.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Joins the feed; the cursor, where it goes on after <paramref name="after"/>, else null.</summary>
    public async Task<string?> StartAsync(string? after)
    {
        var joined = await feeds.JoinAsync(watcher.Identity().Tenant, this);
        lock (gate)
        {
            feed = joined;
            if (ended.IsCancellationRequested) feeds.Leave(joined, this);
            all = watcher.Identity().AllSessions;
            if (WatchCursor.Parse(after, watcher.Identity()) is not { } known || !joined.Has(known)) return null;
            place = known;
            return after;
        }
    }

    /// <summary>Frames may come from now on.</summary>
    public void Begin()
    {
        lock (gate) begun = true;
        Look();
    }

    /// <summary>There may be something else to tell.</summary>
    public void Look()
    {
        Volatile.Write(ref changed, 1);
        watcher.Wake();
    }

    public ReadOnlyMemory<byte>? Take()
    {
        if (Interlocked.Exchange(ref changed, 0) == 0) return null;
        lock (gate)
        {
            var identity = watcher.Identity();
            if (feed is null || !begun || ended.IsCancellationRequested || !identity.Has(Scope.SessionsRead)) return null;
            if (all != identity.AllSessions) snapshot = null; // it was made of what the caller could read before
            if (snapshot is { } pages) return Page(pages);
            if (all != identity.AllSessions || !feed.Has(place))
            {
                all = identity.AllSessions;
                Load(feed);
                return null;
            }

            if (Early() is { } wait)
            {
                alarm.Change(wait, Timeout.InfiniteTimeSpan);
                return null;
            }

            return Changes(feed);
        }
    }

    public ValueTask DisposeAsync()
    {
        ended.Cancel();
        alarm.Dispose();
        if (feed is { } joined) feeds.Leave(joined, this);
        return ValueTask.CompletedTask;
    }

    private TimeSpan? Early()
    {
        var left = lastFrame == 0 ? TimeSpan.Zero : watcher.Interval - time.GetElapsedTime(lastFrame);
        return left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : null;
    }

    private ReadOnlyMemory<byte>? Changes(TenantFeed from)
    {
        while (from.ReadAfter(place, ChangesAtOnce) is { Changes.Count: > 0 } read)
        {
            var before = place.Number;
            place = read.Next;
            var mine = read.Changes.Where(change => !change.News.Deleted && IsMine(change.News)).Select(change => change.News).ToList();
            var gone = read.Changes.Where(change => IsMine(change.News) ? change.News.Deleted : WasMine(change, before)).Select(change => change.News.Session).ToList();
            // Who may see the tenant's statistics is told that they change, though not where.
            if (mine.Count + gone.Count == 0 && !watcher.Identity().Has(Scope.MetricsRead)) continue;
            lastFrame = time.GetTimestamp();
            Volatile.Write(ref changed, 1);
            return WatchFrames.Changes(Cursor = WatchCursor.Of(place, watcher.Identity()), mine, gone);
        }

        return null;
    }

    private ReadOnlyMemory<byte> Page(WatchSnapshot pages)
    {
        var frame = pages.Next(watcher.Identity());
        Cursor = pages.IsOver ? WatchCursor.Of(pages.Place, watcher.Identity()) : null;
        if (pages.IsOver) (place, snapshot) = (pages.Place, null);
        Volatile.Write(ref changed, 1);
        return frame;
    }

    private bool IsMine(SessionNews news) => all == true || news.Owner == watcher.Identity().Subject || news.Members.Contains(watcher.Identity().Subject);

    private bool WasMine(FeedChange change, long before) => change.Former.TryGetValue(watcher.Identity().Subject, out var number) && number > before;

    private void Load(TenantFeed from)
    {
        if (loading) return;
        loading = true;
        _ = LoadAsync(from);
    }

    private async Task LoadAsync(TenantFeed from)
    {
        try
        {
            var identity = watcher.Identity();
            var taken = await snapshots.TakeAsync(from, identity, watcher.Limit, ended.Token);
            lock (gate) if (identity.AllSessions == watcher.Identity().AllSessions) snapshot = taken;
        }
        catch (OperationCanceledException)
        {
            // it has left
        }
        catch (Exception)
        {
            await Task.Delay(AfterFailure, time, CancellationToken.None); // and then again
        }
        finally
        {
            lock (gate) loading = false;
        }

        if (!ended.IsCancellationRequested) Look();
    }
}
