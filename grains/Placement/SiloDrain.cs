using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Placement;

/// <summary>
/// Holds a silo that stops where it keeps what it has and gets nothing new: what runs may end until the grace time is over. What has not begun begins
/// elsewhere meanwhile; what is left goes on elsewhere once the silo is gone.
/// </summary>
internal sealed class SiloDrain(
    IClusterMembershipService membership, SessionPlaces places, SiloWork work, RunnerHost runners, RunnerLease lease, IOptions<RunnerOptions> options)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloDrain), ServiceLifecycleStage.BecomeActive, static _ => Task.CompletedTask, StopAsync);

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        var grace = lease.Over.IsCancellationRequested ? TimeSpan.Zero : TimeSpan.FromSeconds(options.Value.GraceSeconds);
        if (!cancellationToken.IsCancellationRequested) await LeaveAsync(cancellationToken);
        await work.DrainAsync(grace, cancellationToken);
        await runners.StopAsync(report: !lease.Over.IsCancellationRequested);
    }

    /// <summary>Until this silo knows that it takes no grains any more, what it refused to begin would come back to it.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var told = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        told.CancelAfter(ToldWithin);
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(told.Token))
            {
                if (!places.Takes) return;
            }
        }
        catch (OperationCanceledException)
        {
            // A store that is away keeps nobody from stopping.
        }
    }
}
