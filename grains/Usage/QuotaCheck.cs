namespace ToolRuntime.Usage;

/// <summary>Whether an account has room for one more call. Pure.</summary>
internal static class QuotaCheck
{
    /// <summary>
    /// The first quota that has none; of all tools before those of the one. What is measured only at the end, seconds and bytes, is full
    /// when it is reached.
    /// </summary>
    public static QuotaStanding? Full(AccountLimits limits, SpentTable spent, UsageKey account, DateOnly day, string tool, decimal price) =>
        First(
            limits,
            tool,
            (limit, of) => !HasRoom(limit, Used(limit, spent, day, of), price),
            (limit, of) => Standing(limit, spent, account, day, of));

    /// <summary>Whether so many calls more could fill one: then others' calls, of which nothing is known yet, count.</summary>
    public static bool IsNear(AccountLimits limits, SpentTable spent, DateOnly day, string tool, decimal price, long calls) =>
        First(limits, tool, (limit, of) => limit.Amount - Used(limit, spent, day, of) < calls * Step(limit, price), static (_, _) => true);

    /// <summary>Where each quota stands.</summary>
    public static IEnumerable<QuotaStanding> Standings(AccountLimits limits, SpentTable spent, UsageKey account, DateOnly day) =>
    [
        .. limits.All.Select(limit => Standing(limit, spent, account, day, null)),
        .. limits.Tools.OrderBy(tool => tool.Key, StringComparer.Ordinal)
            .SelectMany(tool => tool.Value.Select(limit => Standing(limit, spent, account, day, tool.Key))),
    ];

    private static T? First<T>(
        AccountLimits limits, string tool, Func<QuotaLimit, string?, bool> found, Func<QuotaLimit, string?, T> result)
    {
        foreach (var limit in limits.All)
        {
            if (found(limit, null)) return result(limit, null);
        }

        foreach (var limit in limits.Tools.GetValueOrDefault(tool) ?? [])
        {
            if (found(limit, tool)) return result(limit, tool);
        }

        return default;
    }

    private static bool HasRoom(QuotaLimit limit, decimal used, decimal price) => limit.Measure switch
    {
        QuotaMeasure.Calls => used + 1 <= limit.Amount,
        QuotaMeasure.Money => price == 0 || used + price <= limit.Amount,
        _ => used < limit.Amount,
    };

    private static decimal Used(QuotaLimit limit, SpentTable spent, DateOnly day, string? tool) =>
        spent.Of(limit.Period, tool, day).Of(limit.Measure);

    /// <summary>How much a call takes for sure when it begins.</summary>
    private static decimal Step(QuotaLimit limit, decimal price) => limit.Measure switch
    {
        QuotaMeasure.Calls => 1,
        QuotaMeasure.Money => price,
        _ => 0,
    };

    private static QuotaStanding Standing(QuotaLimit limit, SpentTable spent, UsageKey account, DateOnly day, string? tool)
    {
        var until = limit.Period == QuotaPeriod.Day ? day.AddDays(1) : account.Month.AddMonths(1);
        return new(
            account.Subject is null ? tool is null ? "tenant" : "tenant_tool" : tool is null ? "user" : "user_tool",
            tool,
            NameOf(limit.Measure),
            limit.Period == QuotaPeriod.Day ? "day" : "month",
            limit.Amount,
            Used(limit, spent, day, tool),
            new(until.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
    }

    private static string NameOf(QuotaMeasure measure) => measure switch
    {
        QuotaMeasure.Calls => "calls",
        QuotaMeasure.Seconds => "seconds",
        QuotaMeasure.Bytes => "bytes",
        _ => "money",
    };
}
