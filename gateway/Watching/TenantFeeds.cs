using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Watching;

/// <summary>The feeds of tenants of which somebody watches the sessions. One that nobody watches any more stays for a while, so that who comes back is told what changed.</summary>
internal sealed partial class TenantFeeds(IClusterClient cluster, IOptions<WatchOptions> options, TimeProvider time, ILogger<TenantFeeds> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TenantFeed>>> feeds = new(StringComparer.Ordinal);

    /// <summary>Those that stand.</summary>
    public IEnumerable<TenantFeed> Standing => feeds.Select(feed => feed.Value).Where(feed => feed is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(feed => feed.Value.Result);

    /// <summary>Joins the feed of the reader's tenant, which begins with its first reader.</summary>
    public async Task<TenantFeed> JoinAsync(string tenant, SessionsReader reader)
    {
        while (true)
        {
            var entry = feeds.GetOrAdd(tenant, key => new(() => StartAsync(key)));
            try
            {
                var feed = await entry.Value;
                if (feed.TryAdd(reader)) return feed;
                feeds.TryRemove(KeyValuePair.Create(tenant, entry)); // it was given up just now
            }
            catch
            {
                feeds.TryRemove(KeyValuePair.Create(tenant, entry));
                throw;
            }
        }
    }

    public void Leave(TenantFeed feed, SessionsReader reader)
    {
        if (feed.Remove(reader)) _ = EndLaterAsync(feed);
    }

    private async Task EndLaterAsync(TenantFeed feed)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(options.Value.LingerMs), time);
        if (!feed.Readers.IsEmpty || !feed.TryClose()) return;
        if (feeds.TryGetValue(feed.Tenant, out var entry) && entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && entry.Value.Result == feed)
        {
            feeds.TryRemove(KeyValuePair.Create(feed.Tenant, entry));
        }

        try
        {
            await feed.StopAsync();
        }
        catch (Exception exception)
        {
            LogUnsubscribeFailed(feed.Tenant, exception);
        }
    }

    private async Task<TenantFeed> StartAsync(string tenant)
    {
        var feed = new TenantFeed(tenant, options.Value.KeptSessions, time.GetUtcNow());
        await feed.StartAsync(cluster.GetStreamProvider(SessionStreams.Provider).GetStream<SessionNews>(StreamId.Create(SessionNews.Namespace, tenant)));
        return feed;
    }

    [LoggerMessage(6401, LogLevel.Warning, "The feed of sessions of {Tenant} could not be unsubscribed from.")]
    private partial void LogUnsubscribeFailed(string tenant, Exception exception);
}
