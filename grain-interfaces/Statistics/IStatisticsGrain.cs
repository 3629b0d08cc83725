namespace ToolRuntime.Statistics;

/// <summary>How calls of tools went in a tenant; the key is the tenant. Silos report each few seconds; what was reported survives restarts.</summary>
[Alias("toolruntime.IStatisticsGrain")]
public interface IStatisticsGrain : IGrainWithStringKey
{
    /// <summary>The figures of a window that ends now.</summary>
    /// <param name="window">How far back.</param>
    /// <param name="tool">Whose figures the points have; null means all tools' together.</param>
    [Alias("Get"), ResponseTimeout("00:00:05")]
    Task<StatisticsReport> GetAsync(StatisticsWindow window, string? tool);
}
