using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Hosting;

namespace ToolRuntime.Placement;

/// <summary>What silos of a cluster need, besides what each silo has.</summary>
public static class PlacementExtensions
{
    /// <summary>
    /// Keeps sessions where they belong and wakes, as soon as a silo is declared dead, what it had open; for silos that are not alone. The grains themselves
    /// (<see cref="GrainServiceCollectionExtensions.AddToolRuntimeGrains"/>) know their placement already. Takes the place of
    /// <see cref="GrainServiceCollectionExtensions.AddOpenWorkRecovery"/>.
    /// </summary>
    public static ISiloBuilder UseSessionPlacement(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddOpenWorkRecovery();
        silo.Services.AddHostedService<ClusterWatch>();
        return silo;
    }
}
