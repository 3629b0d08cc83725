using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Hosting;

/// <summary>
/// Wakes every session with open work: once the host has started, those that had it when their process died, and once a store works again,
/// those whose reports it lost.
/// In a cluster the reminders do that; with one process there is nobody else, and nothing to wait for.
/// </summary>
internal sealed partial class OpenWorkRecovery(
    ISessionLog log, StoreHealth health, IGrainFactory grains, IHostApplicationLifetime lifetime, ILogger<OpenWorkRecovery> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = Task.Run(RecoverAsync, CancellationToken.None));
        health.Recovered += Recover;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        health.Recovered -= Recover;
        return Task.CompletedTask;
    }

    private void Recover() => _ = RecoverAsync();

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
