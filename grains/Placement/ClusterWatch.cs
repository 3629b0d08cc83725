using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.Hosting;

namespace ToolRuntime.Placement;

/// <summary>
/// Follows the cluster's membership: as soon as a silo is declared dead, this one wakes its share of the open work, and idle sessions move after a join.
/// </summary>
internal sealed partial class ClusterWatch(
    IClusterMembershipService membership, SessionPlaces places, LocalSessions sessions, OpenWorkRecovery recovery, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    /// <summary>For sessions that were placed by a silo which did not know of a join yet.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowAsync(stoppingToken), LookAgainAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        ImmutableArray<SiloAddress> alive = [], active = [];
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                // What the update says, not what is known by now: that may be a later update, whose dead would then be in none.
                var (wereAlive, wereActive) = (alive, active);
                (alive, active) = (Of(snapshot, status => status != SiloStatus.Dead), Of(snapshot, status => status == SiloStatus.Active));
                ImmutableArray<SiloAddress> dead = [.. wereAlive.Where(silo => snapshot.GetSiloStatus(silo) == SiloStatus.Dead)];
                if (!dead.IsEmpty && places.Takes) Recover([.. wereActive.Union(dead)], dead);
                if (active.Except(wereActive).Any()) _ = MoveAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static ImmutableArray<SiloAddress> Of(ClusterMembershipSnapshot snapshot, Func<SiloStatus, bool> fits) =>
        [.. snapshot.Members.Values.Where(member => fits(member.Status)).Select(member => member.SiloAddress)];

    private async Task LookAgainAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await MoveAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Recover(ImmutableArray<SiloAddress> before, ImmutableArray<SiloAddress> dead)
    {
        foreach (var silo in dead) LogDead(logger, silo);
        _ = recovery.RecoverAsync(session => dead.Contains(SessionPlaces.Owner(session, before)));
        foreach (var session in places.Pools.Sessions) _ = WakePooledAsync(session);
    }

    /// <summary>What a session of this silo had running in a pool may have died elsewhere.</summary>
    private async Task WakePooledAsync(SessionKey session)
    {
        try
        {
            await sessions.RecoverAsync(session);
        }
        catch (Exception exception)
        {
            LogNotWoken(logger, session, exception);
        }
    }

    private async Task MoveAsync(CancellationToken stoppingToken)
    {
        try
        {
            await sessions.MoveAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotMoved(logger, exception);
        }
    }

    [LoggerMessage(1321, LogLevel.Warning, "Silo {Silo} is dead: its open work is woken here and on the other silos.")]
    private static partial void LogDead(ILogger logger, SiloAddress silo);

    [LoggerMessage(1323, LogLevel.Warning, "Session {Session}, which has executions in a pool, could not be woken; its reminder will.")]
    private static partial void LogNotWoken(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1322, LogLevel.Warning, "Some idle sessions stayed where they no longer belong; they move later.")]
    private static partial void LogNotMoved(ILogger logger, Exception exception);
}
