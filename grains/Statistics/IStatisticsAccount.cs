using System.Collections.Immutable;

namespace ToolRuntime.Statistics;

/// <summary>What silos report to a tenant's statistics.</summary>
[Alias("toolruntime.IStatisticsAccount")]
internal interface IStatisticsAccount : IGrainWithStringKey
{
    /// <summary>Adds a report, once, however often it comes; returns when it is stored.</summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    Task ReportAsync(StatisticsCounts counts);
}

/// <summary>What a silo has counted for a tenant since its last report, and how things are there now.</summary>
/// <param name="Sender">The silo's life.</param>
/// <param name="Number">Counts its reports, from 1.</param>
/// <param name="Minutes">By when the minute begins, milliseconds since 1970 (<see cref="CountsTable.Pack"/>).</param>
/// <param name="Now">Tools that run, wait or have breakers.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.StatisticsCounts")]
internal sealed record StatisticsCounts(string Sender, long Number, ImmutableArray<KeyValuePair<long, byte[]>> Minutes, ImmutableArray<ToolNow> Now);

/// <summary>A tool on a silo now. <c>Breaker</c>: 0 closed, 1 half open, 2 open.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolNow")]
internal sealed record ToolNow(string Tool, int Running, int Waiting, int? Breaker);
