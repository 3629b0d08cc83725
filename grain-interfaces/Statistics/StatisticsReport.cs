using System.Collections.Immutable;

namespace ToolRuntime.Statistics;

/// <summary>How far back statistics look.</summary>
[GenerateSerializer, Alias("toolruntime.StatisticsWindow")]
public enum StatisticsWindow
{
    /// <summary>60 minutes, this one included.</summary>
    Hour,

    /// <summary>24 hours, this one included.</summary>
    Day,

    /// <summary>168 hours, this one included.</summary>
    Week,
}

/// <summary>How calls of tools went in a window.</summary>
/// <param name="From">Where the window begins.</param>
/// <param name="To">When the figures were taken.</param>
/// <param name="StepMs">How far the points are apart.</param>
/// <param name="Tools">Each tool that was called in the window, or runs or waits now, by name.</param>
/// <param name="Total">All of them together.</param>
/// <param name="Points">The steps in which anything ended, in order: of the tool that was asked for, else of all.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.StatisticsReport")]
public sealed record StatisticsReport(
    DateTimeOffset From, DateTimeOffset To, long StepMs, ImmutableArray<ToolStatistics> Tools, ToolFigures Total, ImmutableArray<StatisticsPoint> Points);

/// <summary>One tool in a window, and now.</summary>
/// <param name="Tool">Its name.</param>
/// <param name="Figures">What ended in the window.</param>
/// <param name="Running">Executions that run now, or wait for their next attempt.</param>
/// <param name="Waiting">Executions that have not begun: for a slot, or a person.</param>
/// <param name="Breaker">The state of its circuit breaker on the silo where it is worst, 0 closed, 1 half open, 2 open, as last reported; null where that is not known.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolStatistics")]
public sealed record ToolStatistics(string Tool, ToolFigures Figures, int Running, int Waiting, int? Breaker);

/// <summary>One step of a window.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.StatisticsPoint")]
public sealed record StatisticsPoint(DateTimeOffset At, ToolFigures Figures);

/// <summary>Calls that have ended. One that was handed on to a fallback counts as a failed call of its tool, and as another call of the fallback.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolFigures")]
public sealed record ToolFigures
{
    /// <summary>Calls that began and have ended.</summary>
    [Id(0)] public long Calls { get; init; }
    [Id(1)] public long Completed { get; init; }
    [Id(2)] public long Failed { get; init; }
    [Id(3)] public long TimedOut { get; init; }
    [Id(4)] public long Cancelled { get; init; }

    /// <summary>Attempts after the first.</summary>
    [Id(5)] public long Retries { get; init; }

    /// <summary>Attempts that ran out of time, whether another followed or not, and calls that their batch's deadline ended.</summary>
    [Id(6)] public long Timeouts { get; init; }

    /// <summary>Calls that were handed on to a fallback.</summary>
    [Id(7)] public long Fallbacks { get; init; }

    /// <summary>Calls whose result was that of an earlier one.</summary>
    [Id(8)] public long CacheHits { get; init; }

    /// <summary>Processor time of all processes, milliseconds.</summary>
    [Id(9)] public long CpuMs { get; init; }

    /// <summary>The peaks of all attempts that started processes, added up, and the largest of them.</summary>
    [Id(10)] public long PeakMemoryBytes { get; init; }
    [Id(11)] public long LargestPeakBytes { get; init; }

    /// <summary>Attempts whose processes were measured.</summary>
    [Id(12)] public long Measured { get; init; }

    /// <summary>How long the last attempts took of calls that neither were cancelled nor got an earlier result, milliseconds, to within 5 %; null without any.</summary>
    [Id(13)] public double? P50Ms { get; init; }
    [Id(14)] public double? P95Ms { get; init; }
    [Id(15)] public double? P99Ms { get; init; }

    /// <summary>Calls of all attempts to services outside.</summary>
    [Id(16)] public long ApiCalls { get; init; }

    /// <summary>Bytes that tools themselves took in from services and files, and gave out to them.</summary>
    [Id(17)] public long BytesIn { get; init; }
    [Id(18)] public long BytesOut { get; init; }

    /// <summary>Completed calls of those that completed, failed or timed out; null without any.</summary>
    public double? SuccessRate => Completed + Failed + TimedOut is > 0 and var judged ? (double)Completed / judged : null;
}
