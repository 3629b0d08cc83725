using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Hosting;

/// <summary>
/// Wakes, once the host has started, every session that had open work when its process died. In a cluster the reminders do that;
/// with one process there is nobody else, and nothing to wait for.
/// </summary>
internal sealed partial class OpenWorkRecovery(ISessionLog log, IGrainFactory grains, IHostApplicationLifetime lifetime, ILogger<OpenWorkRecovery> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = Task.Run(RecoverAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RecoverAsync()
    {
        try
        {
            var sessions = await log.ListOpenWorkAsync(lifetime.ApplicationStopping);
            if (sessions.IsEmpty) return;
            LogRecovering(logger, sessions.Length);
            await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) => await RecoverAsync(session));
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    private async Task RecoverAsync(SessionKey session)
    {
        try
        {
            await grains.GetGrain<ISessionJournal>(session.ToString()).RecoverAsync();
        }
        catch (Exception exception)
        {
            LogSessionFailed(logger, session, exception);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Waking {Count} sessions that had open work.")]
    private static partial void LogRecovering(ILogger logger, int count);

    [LoggerMessage(1302, LogLevel.Error, "Open work could not be looked up; reminders will wake it.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(1303, LogLevel.Error, "Session {Session} could not be woken; its reminder will.")]
    private static partial void LogSessionFailed(ILogger logger, SessionKey session, Exception exception);
}
