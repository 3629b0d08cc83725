namespace ToolRuntime.Statistics;

/// <summary>A tenant's statistics as they are stored: the minutes of this hour and the one before, or the hours of a week.</summary>
[GenerateSerializer, Alias("toolruntime.StatisticsState")]
internal sealed class StatisticsState
{
    /// <summary>By when they begin, milliseconds since 1970 (<see cref="CountsTable.Pack"/>).</summary>
    [Id(0)] public Dictionary<long, byte[]> Steps { get; set; } = [];

    /// <summary>The number of each silo's latest report; those not heard of for longest first.</summary>
    [Id(1)] public List<StatisticsSender> Senders { get; set; } = [];
}

/// <summary>A silo and its latest report.</summary>
[GenerateSerializer, Alias("toolruntime.StatisticsSender")]
internal sealed class StatisticsSender
{
    [Id(0)] public string Name { get; set; } = "";
    [Id(1)] public long Number { get; set; }
}
