namespace ToolRuntime.Recovery;

/// <summary>Asks the cluster's store whether it is there.</summary>
public interface IStoreProbe
{
    /// <summary>Whether the store answers. May throw, or take long: both count as no.</summary>
    Task<bool> ReachesAsync(CancellationToken cancellationToken);
}
