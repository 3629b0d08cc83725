using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.Placement;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Hosting;

/// <summary>
/// Wakes sessions with open work, each silo those that belong to it: once the host has started, those that had it when their process died; once a store works
/// again, those whose reports it lost; and in a cluster, at once, those of a silo that died. The reminders are the backstop.
/// </summary>
internal sealed partial class OpenWorkRecovery(
    ISessionLog log, StoreHealth health, LocalSessions sessions, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OpenWorkRecovery> logger)
    : IHostedService
{
    private const int AtATime = 16;
    private const int Tries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Recover);
        health.Recovered += Recover;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        health.Recovered -= Recover;
        return Task.CompletedTask;
    }

    /// <summary>Wakes what is open and belongs here. What <paramref name="urgent"/> tells goes first; waking again what runs elsewhere does no harm. Never throws.</summary>
    public async Task RecoverAsync(Func<SessionKey, bool> urgent)
    {
        try
        {
            var open = await RepeatAsync(() => log.ListOpenWorkAsync(lifetime.ApplicationStopping));
            var mine = open.Where(sessions.Owns).ToLookup(urgent);
            var count = mine[true].Count() + mine[false].Count();
            if (count == 0) return;
            LogRecovering(logger, count);
            await WakeAsync(mine[true]);
            await WakeAsync(mine[false]);
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    private void Recover() => _ = Task.Run(() => RecoverAsync(static _ => true), CancellationToken.None);

    private Task WakeAsync(IEnumerable<SessionKey> some) =>
        Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (session, _) => await WakeAsync(session));

    private async Task WakeAsync(SessionKey session)
    {
        try
        {
            await RepeatAsync(async () =>
            {
                await sessions.RecoverAsync(session);
                return true;
            });
        }
        catch (Exception exception)
        {
            LogSessionFailed(logger, session, exception);
        }
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> act)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await act();
            }
            catch (Exception) when (failures < Tries && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await Task.Delay(FirstPause * (1 << failures), time, lifetime.ApplicationStopping);
            }
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Waking {Count} sessions that had open work.")]
    private static partial void LogRecovering(ILogger logger, int count);

    [LoggerMessage(1302, LogLevel.Error, "Open work could not be looked up; reminders will wake it.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(1303, LogLevel.Error, "Session {Session} could not be woken; its reminder will.")]
    private static partial void LogSessionFailed(ILogger logger, SessionKey session, Exception exception);
}
