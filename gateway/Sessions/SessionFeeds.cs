using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>The feeds of all sessions that some connection of this gateway has open; a feed lives as long as it has readers.</summary>
internal sealed class SessionFeeds(IClusterClient cluster, ISessionLog log, IOptions<FeedOptions> options, TimeProvider time, ILogger<SessionFeed> logger)
{
    private readonly ConcurrentDictionary<SessionKey, Lazy<Task<SessionFeed>>> feeds = new();

    /// <summary>Feeds that stand.</summary>
    public IEnumerable<SessionFeed> Standing
    {
        get
        {
            foreach (var (_, feed) in feeds) // unlike Values, without locks and a copy
            {
                if (feed is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) yield return feed.Value.Result;
            }
        }
    }

    /// <summary>Joins a session's feed, which begins with its first reader.</summary>
    public async Task AttachAsync(SessionReader reader)
    {
        while (true)
        {
            var entry = feeds.GetOrAdd(reader.Key, key => new(() => StartAsync(key)));
            try
            {
                var feed = await entry.Value;
                reader.Feed = feed;
                if (feed.TryAdd(reader)) return;
                feeds.TryRemove(KeyValuePair.Create(reader.Key, entry)); // its last reader has just left
            }
            catch
            {
                feeds.TryRemove(KeyValuePair.Create(reader.Key, entry));
                throw;
            }
        }
    }

    /// <summary>Leaves the feed; the last reader's leaving ends the subscription.</summary>
    public async Task DetachAsync(SessionReader reader)
    {
        reader.Close();
        if (reader.Feed is not { } feed || !feed.Remove(reader)) return;
        Forget(feed);
        await feed.StopAsync();
    }

    private void Forget(SessionFeed feed)
    {
        if (feeds.TryGetValue(feed.Key, out var entry) && entry.IsValueCreated && entry.Value.IsCompletedSuccessfully && entry.Value.Result == feed)
        {
            feeds.TryRemove(KeyValuePair.Create(feed.Key, entry));
        }
    }

    private async Task<SessionFeed> StartAsync(SessionKey key)
    {
        var feed = new SessionFeed(key, log, options.Value, time, LogScope.Of(logger, key), Forget);
        var stream = cluster.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, key.ToString()));
        try
        {
            await feed.StartAsync(stream);
            return feed;
        }
        catch
        {
            await feed.StopAsync();
            throw;
        }
    }
}
