using System.Collections.Frozen;

namespace ToolRuntime.Usage;

/// <summary>What a quota counts.</summary>
internal enum QuotaMeasure
{
    Calls,
    Seconds,
    Bytes,
    Money,
}

/// <summary>In which time it counts.</summary>
internal enum QuotaPeriod
{
    Day,
    Month,
}

/// <summary>One number of the configuration, all levels considered.</summary>
internal readonly record struct QuotaLimit(QuotaPeriod Period, QuotaMeasure Measure, decimal Amount);

/// <summary>The quotas of one account.</summary>
/// <param name="All">Of all tools together.</param>
/// <param name="Tools">Of single tools.</param>
internal sealed record AccountLimits(QuotaLimit[] All, FrozenDictionary<string, QuotaLimit[]> Tools)
{
    public bool IsEmpty => All.Length == 0 && Tools.Count == 0;

    public bool Concern(string tool) => All.Length > 0 || Tools.ContainsKey(tool);

    /// <summary>The first level that has a number decides it; 0 means none.</summary>
    public static AccountLimits Of(params AccountQuota?[] levels) => new(
        Amounts(levels),
        levels.SelectMany(level => level?.Tools.Keys ?? []).Distinct(StringComparer.Ordinal)
            .Select(tool => (Tool: tool, Limits: Amounts([.. levels.Select(level => OfTool(level, tool))])))
            .Where(tool => tool.Limits.Length > 0)
            .ToFrozenDictionary(tool => tool.Tool, tool => tool.Limits, StringComparer.Ordinal));

    private static PeriodQuota? OfTool(AccountQuota? level, string tool) =>
        level?.Tools.TryGetValue(tool, out var own) == true ? own : null;

    private static QuotaLimit[] Amounts(PeriodQuota?[] levels) =>
    [
        .. Amounts(QuotaPeriod.Day, [.. levels.Select(level => level?.Day)]),
        .. Amounts(QuotaPeriod.Month, [.. levels.Select(level => level?.Month)]),
    ];

    private static IEnumerable<QuotaLimit> Amounts(QuotaPeriod period, QuotaAmounts?[] levels) => new QuotaLimit[]
    {
        new(period, QuotaMeasure.Calls, First(levels, level => level.Calls)),
        new(period, QuotaMeasure.Seconds, First(levels, level => level.Seconds)),
        new(period, QuotaMeasure.Bytes, First(levels, level => level.Bytes)),
        new(period, QuotaMeasure.Money, First(levels, level => level.Money)),
    }.Where(limit => limit.Amount > 0);

    private static decimal First(QuotaAmounts?[] levels, Func<QuotaAmounts, decimal?> amount) =>
        levels.Select(level => level is null ? null : amount(level)).FirstOrDefault(found => found is not null) ?? 0;
}
