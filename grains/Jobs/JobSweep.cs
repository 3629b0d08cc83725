using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Commands;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Jobs;

/// <summary>
/// Deletes sessions that were made for one job a day after the last that happened in them, as their owner would. Which are due is in the
/// log alone, so a restart forgets none, and any number of servers may do it: deleting is repeatable.
/// </summary>
internal sealed partial class JobSweep(ISessionLog log, IGrainFactory grains, IHostApplicationLifetime lifetime, IOptions<JobOptions> options, TimeProvider time, ILogger<JobSweep> logger) : BackgroundService
{
    private const int AtATime = 100;
    private static readonly Caller Runtime = new("runtime", AllSessions: true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        using var timer = new PeriodicTimer(options.Value.SweepEvery, time);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            do await SweepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the host stops
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            var deleted = 0;
            while (await log.ListIdleAsync(JobSessions.Prefix, time.GetUtcNow() - options.Value.KeepFor, AtATime, stoppingToken) is { IsEmpty: false } due)
            {
                foreach (var session in due) deleted += await DeleteAsync(session) ? 1 : 0;
                if (due.Length < AtATime || deleted == 0) break;
            }

            if (deleted > 0) LogSwept(logger, deleted);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(logger, exception);
        }
    }

    private async Task<bool> DeleteAsync(SessionKey session)
    {
        if (!JobSessions.IsJob(session.Session)) return false;
        var reply = await grains.GetGrain<ISessionGrain>(session.ToString())
            .ExecuteAsync(EntityId.New("sweep"), new DeleteSession(), Runtime);
        if (reply.Error is { } refusal) LogRefused(logger, session, refusal.Code);
        return reply.Succeeded;
    }

    [LoggerMessage(1401, LogLevel.Information, "Deleted {Count} sessions of jobs that were over for long.")]
    private static partial void LogSwept(ILogger logger, int count);

    [LoggerMessage(1402, LogLevel.Warning, "Session {Session} of a job could not be deleted: {Reason}; it will be tried again.")]
    private static partial void LogRefused(ILogger logger, SessionKey session, ErrorCode reason);

    [LoggerMessage(1403, LogLevel.Warning, "Sessions of jobs could not be swept; it will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
