using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Security;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Watching;

/// <summary>Compares feeds with the store's lists now and then: live delivery is at most once, and a silo may die before it has told the last of a session.</summary>
internal sealed partial class FeedComparison(
    TenantFeeds feeds, WatchSnapshots snapshots, ISessionLog log, IOptions<WatchOptions> options, TimeProvider time, ILogger<FeedComparison> logger) : BackgroundService
{
    private const int Newest = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.CompareMs), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var feed in feeds.Standing)
                {
                    foreach (var identity in feed.Readers.Select(reader => reader.Identity).DistinctBy(identity => identity.AllSessions ? "" : identity.Subject).ToList()) await CompareAsync(feed, identity, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops
        }
    }

    /// <summary>Tells the feed of what it has missed. What the store can't tell just now is looked at the next time.</summary>
    private async Task CompareAsync(TenantFeed feed, Identity identity, CancellationToken cancellationToken)
    {
        var settled = time.GetUtcNow() - TimeSpan.FromMilliseconds(options.Value.CompareMs / 4.0);
        foreach (var summary in await snapshots.ListAsync(identity, Newest, cancellationToken) ?? [])
        {
            if (summary.UpdatedAt > settled || !feed.HasMissed(summary)) continue;
            try
            {
                var key = identity.Key(summary.Session);
                if (await log.GetHeaderAsync(key, cancellationToken) is not { } header) continue;
                var described = await snapshots.DescribeAsync(key, summary);
                await feed.TakeAsync(WatchSnapshots.Of(summary, described) with { Members = header.Members }, fromStore: true);
            }
            catch (SessionLogUnavailableException)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                LogFailed(summary.Session, exception);
            }
        }
    }

    [LoggerMessage(6311, LogLevel.Warning, "How session {Session} stands can't be told to those who watch just now.")]
    private partial void LogFailed(string session, Exception exception);
}
