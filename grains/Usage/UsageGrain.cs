using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;

namespace ToolRuntime.Usage;

/// <summary>
/// An account. It answers what is stored, never more: a write that fails, or is in doubt, ends the activation, and the next one reads again.
/// What is written with each report is the day that goes on; days that are over are a state of their own. A day that is in both is as the first says.
/// </summary>
[GrainType("usage-account")]
internal sealed class UsageGrain(
    [PersistentState("usage", GrainStates.Storage)] IPersistentState<UsageState> store,
    [PersistentState("days", GrainStates.Storage)] IPersistentState<UsageState> earlier,
    QuotaBook quotas,
    IOptions<UsageOptions> options,
    TimeProvider time)
    : Grain, IUsageGrain, IUsageAccount
{
    private UsageKey key;
    private AccountLimits? limits;
    private SpentTable spent = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        key = UsageKey.Parse(this.GetPrimaryKeyString());
        limits = quotas.Of(key.Tenant, key.Subject);
        foreach (var row in Rows()) spent.Add(row.Day, row.Tool, Spent.Of(row.Figures));
        return Task.CompletedTask;
    }

    public Task<UsageStatement> GetAsync()
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var standings = limits is null || UsageKey.FirstOf(day) != key.Month ? [] : QuotaCheck.Standings(limits, spent, key, day);
        return Task.FromResult(new UsageStatement([.. Rows()], [.. standings]));
    }

    public async Task<UsageAnswer> ReportAsync(UsageReport report)
    {
        var refused = store.State.AnswerTo(report.Sender, report.Number);
        if (refused is null)
        {
            if (report.Rows.Length + report.Asks.Length > 0) await StoreAsync(PutAwayAsync);
            refused = Apply(report);
            if (report.Rows.Length > 0 || refused.Count > 0) await WriteAsync(report, refused);
        }

        return new([.. refused], report.WantsTotals ? spent.ToTotals(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)) : null);
    }

    public async Task ClearAsync()
    {
        if (earlier.RecordExists) await earlier.ClearStateAsync();
        if (store.RecordExists) await store.ClearStateAsync();
        DeactivateOnIdle();
    }

    /// <summary>Days that are over leave what each report writes, as they are stored there.</summary>
    private async Task PutAwayAsync()
    {
        if (store.State.Over() is not { Count: > 0 } over) return;
        foreach (var day in over) earlier.State.Days[day] = store.State.Days[day];
        await earlier.WriteStateAsync();
        foreach (var day in over) store.State.Days.Remove(day);
    }

    private List<QuotaStanding?> Apply(UsageReport report)
    {
        foreach (var (day, tool, figures) in report.Rows) Add(day, tool, figures);
        return [.. report.Asks.Select(Decide)];
    }

    private QuotaStanding? Decide(UsageAsk ask)
    {
        if (limits is not null && QuotaCheck.Full(limits, spent, key, ask.Day, ask.Tool, ask.Price) is { } full) return full;
        Add(ask.Day, ask.Tool, new() { Calls = 1, Money = ask.Price });
        return null;
    }

    private void Add(DateOnly day, string tool, UsageFigures figures)
    {
        store.State.Add(day, tool, figures, earlier.State);
        spent.Add(day, tool, Spent.Of(figures));
    }

    private async Task WriteAsync(UsageReport report, List<QuotaStanding?> refused)
    {
        var first = !store.RecordExists;
        store.State.Remember(report.Sender, report.Number, refused);
        await StoreAsync(store.WriteStateAsync);
        if (first && options.Value.KeepMonths > 0) Forget(key with { Month = key.Month.AddMonths(-options.Value.KeepMonths - 1) });
    }

    private async Task StoreAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Nobody waits for it; an account that it does not reach is there for longer, and no more.</summary>
    private void Forget(UsageKey old) => GrainFactory.ReferenceTo<IUsageAccount>(old.ToString()).ClearAsync().Ignore();

    private ImmutableArray<UsageRow> Rows() =>
    [
        .. from day in earlier.State.Days.Where(day => !store.State.Days.ContainsKey(day.Key)).Concat(store.State.Days)
           from tool in day.Value
           orderby day.Key, tool.Key
           select new UsageRow(DateOnly.ParseExact(day.Key, "O", CultureInfo.InvariantCulture), tool.Key, tool.Value),
    ];
}
