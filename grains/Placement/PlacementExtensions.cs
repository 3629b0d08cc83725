using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;

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
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloDrain>();
        return silo;
    }
}
