using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Hosting;

/// <summary>Notices when the wall clock is set, says so, and has the process go by it again as soon as no work is open that would be timed wrongly.</summary>
internal sealed partial class ClockWatch(SteadyClock clock, ISessionLog log, ILogger<ClockWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private TimeSpan told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var ahead = clock.Ahead;
        if ((ahead - told).Duration() > Tolerance)
        {
            LogJump(logger, (ahead - told).TotalSeconds);
            told = ahead;
        }

        if (ahead.Duration() <= Tolerance) return;
        try
        {
            if (!(await log.ListOpenWorkAsync(cancellationToken)).IsEmpty) return;
        }
        catch (SessionLogUnavailableException)
        {
            return;
        }

        clock.Follow();
        told = TimeSpan.Zero;
        LogFollowed(logger);
    }

    [LoggerMessage(1311, LogLevel.Warning, "The system's clock was set by {Seconds:+0.0;-0.0} s. Times of work that is open go on as if it had not been.")]
    private static partial void LogJump(ILogger logger, double seconds);

    [LoggerMessage(1312, LogLevel.Information, "No work is open: times follow the system's clock again.")]
    private static partial void LogFollowed(ILogger logger);
}
