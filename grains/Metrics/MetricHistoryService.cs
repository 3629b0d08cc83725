using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using ToolRuntime.Placement;

namespace ToolRuntime.Metrics;

/// <summary>Each silo says what it remembers.</summary>
[Alias("toolruntime.IMetricHistoryService")]
internal interface IMetricHistoryService : IGrainService
{
    [Alias("Get"), ResponseTimeout("00:00:02")]
    Task<ProcessMetrics> GetAsync(MetricQuery query);
}

[Reentrant]
internal sealed class MetricHistoryService(GrainId id, Silo silo, ILoggerFactory loggers, MetricHistory history) : GrainService(id, silo, loggers), IMetricHistoryService
{
    private readonly string name = silo.SiloAddress.ToString();

    public Task<ProcessMetrics> GetAsync(MetricQuery query) => Task.FromResult(history.Read(query, name));
}

/// <summary>Asks all silos.</summary>
internal sealed class MetricHistories(IServiceProvider services, SessionPlaces places) : GrainServiceClient<IMetricHistoryService>(services)
{
    public async Task<MetricAnswers> AskAsync(MetricQuery query)
    {
        var answers = await Task.WhenAll(places.Active.Select(silo => AskAsync(silo, query)));
        return new([.. answers.OfType<ProcessMetrics>()], answers.Count(answer => answer is null));
    }

    private async Task<ProcessMetrics?> AskAsync(SiloAddress silo, MetricQuery query)
    {
        try
        {
            return await GetGrainService(silo).GetAsync(query);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}

[StatelessWorker, GrainType("metric-history")]
internal sealed class MetricHistoryGrain(MetricHistories silos) : Grain, IMetricHistoryGrain
{
    public Task<MetricAnswers> GetAsync(MetricQuery query) => silos.AskAsync(query);
}
