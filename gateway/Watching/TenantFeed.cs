using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans.Streams;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Watching;

/// <summary>
/// How the sessions of a tenant stand, as far as they changed lately: the latest of each, numbered in the order of their changes. Shared by all who watch; each
/// of them has a place in it and nothing else, so that a slow one gets the latest state and costs nothing.
/// </summary>
internal sealed class TenantFeed(string tenant, int capacity, DateTimeOffset since)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<FeedChange>> bySession = new(StringComparer.Ordinal);
    private readonly LinkedList<FeedChange> inOrder = [];
    private ImmutableArray<SessionsReader> readers = [];
    private StreamSubscriptionHandle<SessionNews>? subscription;
    private string epoch = NewEpoch();
    private long last;
    private long dropped;
    private bool closed;

    public string Tenant => tenant;

    /// <summary>Where the feed is.</summary>
    public FeedPlace Place
    {
        get
        {
            lock (gate) return new(epoch, last);
        }
    }

    public ImmutableArray<SessionsReader> Readers => readers;

    /// <summary>Subscribes; what happens from then on is in it.</summary>
    public async Task StartAsync(IAsyncStream<SessionNews> stream) => subscription = await stream.SubscribeAsync((news, _) => TakeAsync(news), _ => LoseAsync());

    public async Task StopAsync()
    {
        if (subscription is not null) await subscription.UnsubscribeAsync();
    }

    /// <summary>Adds a reader; false once the feed is given up.</summary>
    public bool TryAdd(SessionsReader reader)
    {
        lock (gate)
        {
            if (closed) return false;
            readers = readers.Add(reader);
            return true;
        }
    }

    /// <summary>Removes a reader; true if it was the last one.</summary>
    public bool Remove(SessionsReader reader)
    {
        lock (gate)
        {
            var before = readers.Length;
            readers = readers.Remove(reader);
            return before > 0 && readers.Length == 0;
        }
    }

    /// <summary>Gives the feed up, if nobody reads it.</summary>
    public bool TryClose()
    {
        lock (gate) return closed = closed || readers.Length == 0;
    }

    /// <summary>The latest of a session, if it changed lately.</summary>
    public SessionNews? Find(string session)
    {
        lock (gate) return bySession.GetValueOrDefault(session)?.Value.News;
    }

    /// <summary>Whether a session has changed, after the feed began, in a way that was not told.</summary>
    public bool HasMissed(SessionSummary summary)
    {
        lock (gate) return bySession.TryGetValue(summary.Session, out var known) ? known.Value.News.Seq < summary.Head : dropped == 0 && summary.UpdatedAt > since;
    }

    /// <summary>Whether what came after a place is still here.</summary>
    public bool Has(FeedPlace place)
    {
        lock (gate) return place.Epoch == epoch && place.Number >= dropped && place.Number <= last;
    }

    /// <summary>What has changed behind a place, at most so many, the oldest first; null where that is not known.</summary>
    public (List<FeedChange> Changes, FeedPlace Next)? ReadAfter(FeedPlace place, int most)
    {
        lock (gate)
        {
            if (!Has(place)) return null;
            var first = inOrder.Last;
            while (first?.Previous is { } previous && previous.Value.Number > place.Number) first = previous;
            var changes = new List<FeedChange>();
            var next = place;
            for (var node = first; node is not null && changes.Count < most; node = node.Next)
            {
                if (node.Value.Number <= place.Number) continue;
                changes.Add(node.Value);
                next = new(epoch, node.Value.Number);
            }

            return (changes, next);
        }
    }

    /// <summary>Takes what has changed.</summary>
    /// <param name="news">How a session stands.</param>
    /// <param name="fromStore">Whether it was read, and may be older than what the stream has told meanwhile.</param>
    public Task TakeAsync(SessionNews news, bool fromStore = false)
    {
        lock (gate)
        {
            if (fromStore && bySession.TryGetValue(news.Session, out var known) && known.Value.News.Seq >= news.Seq) return Task.CompletedTask;

            // Who was told of a session that is not his any more must hear of it once, also where further news has come before he could.
            last++;
            var former = ImmutableDictionary<string, long>.Empty;
            if (bySession.Remove(news.Session, out var earlier))
            {
                var left = earlier.Value.News.Members.Add(earlier.Value.News.Owner).Where(who => who != news.Owner && !news.Members.Contains(who));
                former = earlier.Value.Former.RemoveRange(news.Members.Add(news.Owner)).SetItems(left.Select(who => KeyValuePair.Create(who, last)));
                inOrder.Remove(earlier);
            }

            bySession[news.Session] = inOrder.AddLast(new FeedChange(last, news, former.SetItems(news.Former.Select(subject => KeyValuePair.Create(subject, last)))));
            if (inOrder.Count > capacity)
            {
                dropped = inOrder.First!.Value.Number;
                bySession.Remove(inOrder.First.Value.News.Session);
                inOrder.RemoveFirst();
            }
        }

        Wake();
        return Task.CompletedTask;
    }

    private Task LoseAsync()
    {
        lock (gate)
        {
            epoch = NewEpoch();
            (last, dropped) = (0, 0);
            bySession.Clear();
            inOrder.Clear();
        }

        Wake();
        return Task.CompletedTask;
    }

    private void Wake()
    {
        foreach (var reader in readers) reader.Look();
    }

    private static string NewEpoch() => RandomNumberGenerator.GetHexString(12, lowercase: true);
}

/// <summary>The latest change of a session.</summary>
/// <param name="Number">Its number.</param>
/// <param name="News">How the session stands.</param>
/// <param name="Former">Who may not read it any more, with the number of the change that said so.</param>
internal sealed record FeedChange(long Number, SessionNews News, ImmutableDictionary<string, long> Former);

/// <summary>A place in a tenant's feed: behind the change of that number.</summary>
internal readonly record struct FeedPlace(string Epoch, long Number);
