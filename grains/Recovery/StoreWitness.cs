using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using ToolRuntime.Placement;

namespace ToolRuntime.Recovery;

/// <summary>Each silo says to the others whether it reaches the store.</summary>
[Alias("toolruntime.IStoreWitness")]
internal interface IStoreWitness : IGrainService
{
    [Alias("Reaches"), ResponseTimeout("00:00:02")]
    Task<bool> ReachesAsync();
}

[Reentrant]
internal sealed class StoreWitness(GrainId id, Silo silo, ILoggerFactory loggers, IStoreProbe probe) : GrainService(id, silo, loggers), IStoreWitness
{
    public Task<bool> ReachesAsync() => probe.ReachesWithinAsync(IsolationWatch.ProbeWithin, TimeProvider.System, CancellationToken.None);
}

/// <summary>Whether any other silo reaches the store.</summary>
internal delegate Task<bool> OthersReachStore(CancellationToken cancellationToken);

/// <summary>Asks the other silos.</summary>
internal sealed class StoreWitnesses(IServiceProvider services, SessionPlaces places, ILocalSiloDetails local) : GrainServiceClient<IStoreWitness>(services)
{
    /// <summary>Whether one of the others reaches the store. One that does not answer does not count.</summary>
    public async Task<bool> AnyReachesAsync(CancellationToken cancellationToken)
    {
        var answers = places.Active.Where(silo => !silo.Equals(local.SiloAddress)).Select(AskAsync).ToList();
        await foreach (var answer in Task.WhenEach(answers).WithCancellation(cancellationToken))
        {
            if (await answer) return true;
        }

        return false;
    }

    private async Task<bool> AskAsync(SiloAddress silo)
    {
        try
        {
            return await GetGrainService(silo).ReachesAsync();
        }
        catch (Exception)
        {
            return false;
        }
    }
}
