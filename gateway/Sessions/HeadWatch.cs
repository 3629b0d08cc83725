using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Asks the log, in one call for all, where silent sessions end: live delivery may have lost the last of their events.</summary>
internal sealed partial class HeadWatch(SessionFeeds feeds, ISessionLog log, IOptions<FeedOptions> options, TimeProvider time, ILogger<HeadWatch> logger) : BackgroundService
{
    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(10, options.Value.BusyCheckMs / 5)), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await CheckAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // the host stops
        }
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        var due = feeds.Standing.Where(feed => feed.IsCheckDue()).ToList();
        if (due.Count == 0) return;
        try
        {
            var heads = await log.GetHeadsAsync([.. due.Select(feed => feed.Key)], stoppingToken);
            foreach (var feed in due) feed.Observe(heads.TryGetValue(feed.Key, out var head) ? head : null);
            failing = false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            if (!failing) LogFailed(due.Count, exception);
            failing = true;
        }
    }
}
