using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;
using ToolRuntime.Recovery;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Placement;

/// <summary>What silos of a cluster need, besides what each silo has.</summary>
public static class PlacementExtensions
{
    /// <summary>
    /// Keeps sessions where they belong, wakes what a silo had open as soon as it is declared dead, and lets what runs end when this one stops
    /// (<see cref="RunnerOptions.GraceSeconds"/>); for silos that are not alone. The grains themselves
    /// (<see cref="GrainServiceCollectionExtensions.AddToolRuntimeGrains"/>) know their placement already. Takes the place of
    /// <see cref="GrainServiceCollectionExtensions.AddOpenWorkRecovery"/>.
    /// </summary>
    public static ISiloBuilder UseSessionPlacement(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddOpenWorkRecovery();
        silo.Services.AddHostedService<ClusterWatch>();
        silo.Services.PostConfigure<RunnerOptions>(static runners => runners.EndWithSilo = true);
        silo.Services.TryAddSingleton(static provider => new RunnerLease(provider.GetRequiredService<IOptions<RunnerOptions>>().Value.Lease));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloDrain>();
        return silo;
    }

    /// <summary>
    /// Has a silo that can't reach the store leave, if others can: its runners end at once, its host stops, and <see cref="SiloRuns"/> starts a new one.
    /// Needs <see cref="UseSessionPlacement"/>.
    /// </summary>
    /// <typeparam name="TProbe">What asks the store.</typeparam>
    public static ISiloBuilder AddStoreIsolation<TProbe>(this ISiloBuilder silo)
        where TProbe : class, IStoreProbe
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSingleton<IStoreProbe, TProbe>();
        silo.Services.AddSingleton<SiloFate>();
        silo.Services.AddSingleton<RunnerEnding>();
        silo.Services.AddSingleton<StoreWitnesses>();
        silo.Services.AddSingleton<OthersReachStore>(static provider => provider.GetRequiredService<StoreWitnesses>().AnyReachesAsync);
        silo.Services.AddHostedService<IsolationWatch>();
        return silo.AddGrainService<StoreWitness>();
    }
}
