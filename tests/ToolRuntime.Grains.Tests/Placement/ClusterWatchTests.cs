using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Grains.Tests.Placement;

/// <summary>Updates of the membership come after the membership itself has changed, also several times.</summary>
public sealed class ClusterWatchTests
{
    private static readonly SiloAddress Here = SiloAddress.New(IPAddress.Loopback, 11_111, 1);
    private static readonly SiloAddress Other = SiloAddress.New(IPAddress.Loopback, 11_112, 1);

    [Fact]
    public async Task Death_KnownBeforeAnEarlierUpdateWasSeen_IsStillRecoveredFrom()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var membership = new LateMembership();
        var looked = new TaskCompletionSource();
        var log = LookedUp.Create(looked);
        using var lifetime = new Lifetime();
        var places = new SessionPlaces(membership, LocalSilo.Create(), TimeProvider.System);
        var sessions = new LocalSessions(null!, places, services.GetRequiredService<IMeterFactory>());
        var recovery = new OpenWorkRecovery(log, new StoreHealth(), sessions, lifetime, TimeProvider.System, NullLogger<OpenWorkRecovery>.Instance);
        using var watch = new ClusterWatch(membership, places, sessions, recovery, TimeProvider.System, NullLogger<ClusterWatch>.Instance);

        await watch.StartAsync(default);

        await looked.Task.WaitAsync(Waits.Long);
        await watch.StopAsync(default);
    }

    private static ClusterMembershipSnapshot Snapshot(long version, SiloStatus other) => new(
        ImmutableDictionary<SiloAddress, ClusterMember>.Empty
            .Add(Here, new(Here, SiloStatus.Active, "here"))
            .Add(Other, new(Other, other, "other")),
        new(version));

    private sealed class LateMembership : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = Snapshot(1, SiloStatus.Active);

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => UpdatesAsync();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => default;

        public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(false);

        private async IAsyncEnumerable<ClusterMembershipSnapshot> UpdatesAsync([EnumeratorCancellation] CancellationToken stop = default)
        {
            yield return CurrentSnapshot;
            CurrentSnapshot = Snapshot(3, SiloStatus.Dead);
            yield return Snapshot(2, SiloStatus.Active);
            yield return CurrentSnapshot;
            await Task.Delay(Timeout.Infinite, stop);
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stop = new();

        public CancellationToken ApplicationStarted => stop.Token;

        public CancellationToken ApplicationStopping => stop.Token;

        public CancellationToken ApplicationStopped => stop.Token;

        public void StopApplication() => stop.Cancel();

        public void Dispose() => stop.Dispose();
    }

    /// <summary>A log that only says when open work is looked up.</summary>
#pragma warning disable CA1852 // Proxies are derived from it.
    private class LookedUp : DispatchProxy
    {
        private TaskCompletionSource looked = null!;

        public static ISessionLog Create(TaskCompletionSource looked)
        {
            var log = Create<ISessionLog, LookedUp>();
            ((LookedUp)(object)log).looked = looked;
            return log;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(ISessionLog.ListOpenWorkAsync)) looked.TrySetResult();
            throw new NotSupportedException();
        }
    }

    private class LocalSilo : DispatchProxy
    {
        public static ILocalSiloDetails Create() => Create<ILocalSiloDetails, LocalSilo>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == $"get_{nameof(ILocalSiloDetails.SiloAddress)}" ? Here : throw new NotSupportedException();
    }
}
