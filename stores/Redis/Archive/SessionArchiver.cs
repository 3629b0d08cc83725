using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>Which idle sessions are this process's to move; two that both think so do no harm.</summary>
internal sealed record ArchiveShare(Func<SessionKey, bool> Owns);

/// <summary>
/// Moves idle sessions to the archive, slowly, and has the archive forget what is not in use. While it is away sessions stay where they
/// are.
/// </summary>
internal sealed partial class SessionArchiver(
    RedisSessionLog log, ArchiveShare share, IHostApplicationLifetime lifetime, IOptions<ArchiveOptions> options, TimeProvider time,
    ILogger<SessionArchiver> logger)
    : BackgroundService
{
    private const int SweepAtATime = 100;
    private static readonly TimeSpan ScanPause = TimeSpan.FromMilliseconds(100);

    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (log.Moves is not { } moves) return;
        var started = new TaskCompletionSource();
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult).ConfigureAwait(false);
        try
        {
            await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(options.Value.LookEvery, time);
            do await LookAsync(moves, stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // the host stops
        }
    }

    private async Task LookAsync(RedisMoves moves, CancellationToken stoppingToken)
    {
        try
        {
            var (since, moved) = (time.GetUtcNow() - options.Value.IdleAfter, 0);
            var pause = TimeSpan.FromSeconds(1) / options.Value.MovesPerSecond;
            var idle = moves.Idle.ListAsync(since, share.Owns, () => Task.Delay(ScanPause, time, stoppingToken), stoppingToken);
            await foreach (var session in idle.ConfigureAwait(false))
            {
                var rest = Task.Delay(pause, time, stoppingToken);
                if (await moves.MoveAsync(session, since, stoppingToken).ConfigureAwait(false)) moved++;
                await rest.ConfigureAwait(false);
            }

            while (await moves.SweepAsync(SweepAtATime, stoppingToken).ConfigureAwait(false) == SweepAtATime)
            {
                await Task.Delay(ScanPause, time, stoppingToken).ConfigureAwait(false);
            }

            if (failing) LogWorks(logger);
            failing = false;
            if (moved > 0) LogMoved(logger, moved);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            ArchiveMetrics.Failed();
            if (!failing) LogFailing(logger, SessionLogUnavailableException.In(e)?.Reason ?? e.Message, e);
            failing = true;
        }
    }

    [LoggerMessage(2211, LogLevel.Information, "{Count} idle sessions have moved to the archive.")]
    private static partial void LogMoved(ILogger logger, int count);

    [LoggerMessage(2212, LogLevel.Warning, "Idle sessions stay in Redis for now: {Reason}. It is tried again.")]
    private static partial void LogFailing(ILogger logger, string reason, Exception e);

    [LoggerMessage(2213, LogLevel.Warning, "Idle sessions move to the archive again.")]
    private static partial void LogWorks(ILogger logger);
}
