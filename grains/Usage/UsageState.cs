using System.Globalization;

namespace ToolRuntime.Usage;

/// <summary>An account as it is stored.</summary>
[GenerateSerializer, Alias("toolruntime.UsageState")]
internal sealed class UsageState
{
    /// <summary>Silos whose latest report is remembered; those not heard of for longest go first.</summary>
    private const int MaxSenders = 128;

    /// <summary>By day (<c>2026-11-28</c>), then by tool.</summary>
    [Id(0)] public Dictionary<string, Dictionary<string, UsageFigures>> Days { get; set; } = [];

    /// <summary>In order of when they last reported.</summary>
    [Id(1)] public List<UsageSender> Senders { get; set; } = [];

    /// <param name="day">The day.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="figures">What is added.</param>
    /// <param name="earlier">What is known of a day that is not here.</param>
    public void Add(DateOnly day, string tool, UsageFigures figures, UsageState earlier)
    {
        var key = day.ToString("O", CultureInfo.InvariantCulture);
        if (!Days.TryGetValue(key, out var tools)) Days[key] = tools = earlier.Days.TryGetValue(key, out var before) ? new(before) : [];
        tools[tool] = tools.TryGetValue(tool, out var known) ? known + figures : figures;
    }

    /// <summary>All days but the latest.</summary>
    public List<string> Over() => [.. Days.Keys.Order(StringComparer.Ordinal).SkipLast(1)];

    /// <summary>What a report was answered; null if it is new.</summary>
    public List<QuotaStanding?>? AnswerTo(string sender, long number) =>
        Senders.Find(known => known.Name == sender) is { } last && number <= last.Number
            ? number == last.Number ? last.Refused : []
            : null;

    public void Remember(string sender, long number, List<QuotaStanding?> refused)
    {
        Senders.RemoveAll(known => known.Name == sender);
        Senders.Add(new() { Name = sender, Number = number, Refused = refused });
        if (Senders.Count > MaxSenders) Senders.RemoveAt(0);
    }
}

/// <summary>The latest report of a silo, and what it was answered.</summary>
[GenerateSerializer, Alias("toolruntime.UsageSender")]
internal sealed class UsageSender
{
    [Id(0)] public string Name { get; set; } = "";
    [Id(1)] public long Number { get; set; }
    [Id(2)] public List<QuotaStanding?> Refused { get; set; } = [];
}
