using System.Collections.Immutable;

namespace ToolRuntime.Usage;

/// <summary>What quotas count.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.Spent")]
internal readonly record struct Spent(long Calls, long Milliseconds, long Bytes, decimal Money)
{
    public static Spent Of(UsageFigures figures) => new(figures.Calls, figures.Milliseconds, figures.Bytes, figures.Money);

    public static Spent operator +(Spent left, Spent right) =>
        new(left.Calls + right.Calls, left.Milliseconds + right.Milliseconds, left.Bytes + right.Bytes, left.Money + right.Money);

    public decimal Of(QuotaMeasure measure) => measure switch
    {
        QuotaMeasure.Calls => Calls,
        QuotaMeasure.Seconds => Milliseconds / 1_000m,
        QuotaMeasure.Bytes => Bytes,
        _ => Money,
    };
}

/// <summary>What an account's tools used, on one day and in the month.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageTotals")]
internal sealed record UsageTotals(DateOnly Day, ImmutableArray<ToolTotal> Tools);

/// <summary>One tool's.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolTotal")]
internal sealed record ToolTotal(string Tool, Spent Today, Spent Month);

/// <summary>What an account's month came to so far, and the latest day of it.</summary>
internal sealed class SpentTable
{
    private const string All = "";

    private readonly Dictionary<string, Spent> month = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Spent> today = new(StringComparer.Ordinal);
    private DateOnly day;

    public SpentTable(UsageTotals? totals = null)
    {
        if (totals is null) return;
        day = totals.Day;
        foreach (var (tool, onDay, inMonth) in totals.Tools)
        {
            Add(today, tool, onDay);
            Add(month, tool, inMonth);
        }
    }

    public void Add(DateOnly on, string tool, Spent spent)
    {
        if (on > day)
        {
            today.Clear();
            day = on;
        }

        Add(month, tool, spent);
        if (on == day) Add(today, tool, spent);
    }

    /// <summary>What is spent by a tool, or by all (null), on that day or in the month.</summary>
    public Spent Of(QuotaPeriod period, string? tool, DateOnly on) =>
        period == QuotaPeriod.Month ? month.GetValueOrDefault(tool ?? All) : on == day ? today.GetValueOrDefault(tool ?? All) : default;

    public UsageTotals ToTotals(DateOnly on) => new(on, [
        .. month.Where(tool => tool.Key.Length > 0).Select(tool => new ToolTotal(tool.Key, Of(QuotaPeriod.Day, tool.Key, on), tool.Value)),
    ]);

    private static void Add(Dictionary<string, Spent> table, string tool, Spent spent)
    {
        table[tool] = table.GetValueOrDefault(tool) + spent;
        table[All] = table.GetValueOrDefault(All) + spent;
    }
}
