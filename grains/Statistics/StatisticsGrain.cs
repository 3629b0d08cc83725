namespace ToolRuntime.Statistics;

/// <summary>A tenant's statistics. What was reported is stored before the report is answered; what runs now is only in memory, and only for as long as silos tell it.</summary>
[GrainType("statistics")]
internal sealed class StatisticsGrain(
    [PersistentState("minutes", GrainStates.Storage)] IPersistentState<StatisticsState> minutes,
    [PersistentState("hours", GrainStates.Storage)] IPersistentState<StatisticsState> hours,
    TimeProvider time) : Grain, IStatisticsGrain, IStatisticsAccount
{
    private const int MaxSenders = 128;

    /// <summary>Silos with anything to tell do so each few seconds.</summary>
    private static readonly TimeSpan NowHolds = TimeSpan.FromSeconds(70);

    /// <summary>A breaker that nobody calls stays as it is, and nobody reports it.</summary>
    private static readonly TimeSpan BreakerHolds = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (long At, StatisticsCounts Counts)> senders = new(StringComparer.Ordinal);
    private StepTables tables = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        tables = StepTables.Of(minutes.State, hours.State);
        return Task.CompletedTask;
    }

    public Task<StatisticsReport> GetAsync(StatisticsWindow window, string? tool)
    {
        var now = time.GetUtcNow();
        var (from, step, steps) = tables.Window(window, now.ToUnixTimeMilliseconds());
        return Task.FromResult(StatisticsReports.Of(from, now, step, steps, tool, Now()));
    }

    public async Task ReportAsync(StatisticsCounts counts)
    {
        senders[counts.Sender] = (time.GetTimestamp(), counts with { Minutes = [] });
        if (counts.Minutes.IsEmpty || IsKnown(counts)) return;
        try
        {
            await AddAsync(counts);
        }
        catch
        {
            // Whether it was stored is in doubt: the next activation reads again.
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task AddAsync(StatisticsCounts counts)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (minute, packed) in counts.Minutes)
        {
            var table = new CountsTable();
            table.AddPacked(packed);
            tables.Add(minute, table, now);
        }

        // Hours first: what is still in the minutes too makes the same hour again.
        if (tables.Roll(now))
        {
            hours.State.Steps = StepTables.Pack(tables.Hours);
            await hours.WriteStateAsync();
        }

        Remember(counts);
        minutes.State.Steps = StepTables.Pack(tables.Minutes);
        await minutes.WriteStateAsync();
    }

    private bool IsKnown(StatisticsCounts counts) => minutes.State.Senders.Exists(known => known.Name == counts.Sender && known.Number >= counts.Number);

    private void Remember(StatisticsCounts counts)
    {
        var known = minutes.State.Senders;
        known.RemoveAll(sender => sender.Name == counts.Sender);
        known.Add(new() { Name = counts.Sender, Number = counts.Number });
        if (known.Count > MaxSenders) known.RemoveAt(0);
    }

    private IEnumerable<ToolNow> Now()
    {
        foreach (var (sender, (at, counts)) in senders.ToArray())
        {
            var age = time.GetElapsedTime(at);
            if (age > BreakerHolds) senders.Remove(sender);
            else foreach (var tool in counts.Now) yield return age > NowHolds ? tool with { Running = 0, Waiting = 0 } : tool;
        }
    }
}
