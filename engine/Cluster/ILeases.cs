namespace ToolRuntime.Engine.Cluster;

/// <summary>
/// Who is alive and who owns which partition, kept where all processes of a cluster see it. Written for the cluster backends; one process needs none.
/// A lease lasts by the store's clock; its holder counts from before it asked, so that it stops first.
/// </summary>
internal interface ILeases
{
    /// <summary>Registers a silo under a new generation, which is higher than every earlier one.</summary>
    Task<long> RegisterAsync(string silo, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>False when the generation has expired: it can't come back, the silo starts again as a new one.</summary>
    Task<bool> RenewAsync(string silo, long generation, TimeSpan duration, CancellationToken cancellationToken);

    Task ReleaseAsync(string silo, long generation, CancellationToken cancellationToken);

    /// <summary>The live silos with their generations.</summary>
    Task<IReadOnlyDictionary<string, long>> LiveAsync(CancellationToken cancellationToken);

    /// <summary>Takes a partition that is free or whose owner is no longer live, and raises its epoch. Null when somebody live has it.</summary>
    Task<long?> TryTakeAsync(int partition, string silo, long generation, CancellationToken cancellationToken);

    /// <summary>Gives a partition up, if it is still held in this epoch.</summary>
    Task GiveUpAsync(int partition, long epoch, CancellationToken cancellationToken);

    /// <summary>The owner of a partition and its epoch; null when it has none.</summary>
    Task<(string Silo, long Epoch)?> OwnerAsync(int partition, CancellationToken cancellationToken);
}
