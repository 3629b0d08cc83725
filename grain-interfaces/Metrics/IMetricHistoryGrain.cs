using System.Collections.Immutable;

namespace ToolRuntime.Metrics;

/// <summary>What all silos of a cluster remember of their metrics, gathered when somebody asks; any key. Keeps nothing itself.</summary>
[Alias("toolruntime.IMetricHistoryGrain")]
public interface IMetricHistoryGrain : IGrainWithStringKey
{
    /// <summary>Each silo's figures; a silo that does not answer in time is missing.</summary>
    [Alias("Get"), ResponseTimeout("00:00:05")]
    Task<MetricAnswers> GetAsync(MetricQuery query);
}

/// <summary>What is asked for.</summary>
/// <param name="Names">Which series.</param>
/// <param name="From">The first step, seconds since 1970; a multiple of <paramref name="StepSeconds"/>.</param>
/// <param name="Steps">How many.</param>
/// <param name="StepSeconds">How far they are apart.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.MetricQuery")]
public sealed record MetricQuery(ImmutableArray<string> Names, long From, int Steps, int StepSeconds);

/// <summary>What a process remembers: a value for each step, not a number where it knows none.</summary>
/// <param name="Process">The silo.</param>
/// <param name="Values">By series, in the order of the query.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessMetrics")]
public sealed record ProcessMetrics(string Process, ImmutableArray<float[]> Values);

/// <summary>What silos answered, and how many did not.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MetricAnswers")]
public sealed record MetricAnswers(ImmutableArray<ProcessMetrics> Processes, int Missing);
