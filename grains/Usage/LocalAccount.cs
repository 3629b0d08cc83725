using System.Collections.Immutable;

namespace ToolRuntime.Usage;

/// <summary>
/// What this silo knows of an account, and what it has yet to report. One report is under way at a time; one that fails is repeated as it
/// is, so that it counts once. Far from every quota calls go by what is known here; near one, or when nothing was heard for long, each asks
/// the account first.
/// </summary>
internal sealed class LocalAccount(UsageKey key, IUsageAccount account, AccountLimits? limits, UsageReporting reporting)
{
    private readonly Lock gate = new();
    private Dictionary<(DateOnly Day, string Tool), UsageFigures> pending = [];
    private List<Ask> asks = [];
    private UsageReport? sent;
    private List<Ask> sentAsks = [];
    private SpentTable? known;
    private long heardAt, growth, basisAt;
    private long? basisCalls;
    private long? failedAt;
    private Task exchange = Task.CompletedTask;
    private bool exchanging, again, retired;

    public UsageKey Key => key;

    /// <summary>Whether it needs no more of this object: nothing is left to report.</summary>
    public bool TryRetire()
    {
        lock (gate) return retired = pending.Count == 0 && asks.Count == 0 && sent is null && !exchanging;
    }

    /// <summary>Counts; false if the object is retired, and there is another one.</summary>
    public bool TryAdd(DateOnly day, string tool, UsageFigures figures)
    {
        lock (gate)
        {
            if (!retired) Add(day, tool, figures);
            return !retired;
        }
    }

    /// <summary>Counts a call that wants to begin, if it may; null if the object is retired.</summary>
    public async ValueTask<Verdict?> TakeAsync(DateOnly day, string tool, decimal price)
    {
        Ask ask;
        lock (gate)
        {
            if (retired) return null;
            if (limits?.Concern(tool) != true) return Begin(day, tool, price);
            if (known is not null && reporting.Time.GetElapsedTime(heardAt) <= 2 * reporting.Every)
            {
                if (QuotaCheck.Full(limits, known, key, day, tool, price) is { } full) return new Verdict(full, false);
                if (!QuotaCheck.IsNear(limits, known, day, tool, price, Margin)) return Begin(day, tool, price);
            }

            if (failedAt is { } at && reporting.Time.GetElapsedTime(at) < reporting.Every) return WithoutAnswer(day, tool, price);
            asks.Add(ask = new(day, tool, price));
            Exchange();
        }

        try
        {
            return await ask.Answer.Task.WaitAsync(reporting.Patience, reporting.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (gate)
            {
                failedAt = reporting.Time.GetTimestamp(); // others need not wait as long
                GiveUp(ask);
            }

            return await ask.Answer.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Reports what there is; completes when that has worked or failed.</summary>
    public Task ReportAsync()
    {
        lock (gate)
        {
            again = exchanging;
            if (sent is not null || pending.Count > 0) Exchange();
            return exchange;
        }
    }

    /// <summary>More than what others may have begun since they were heard of.</summary>
    private long Margin => Math.Max(UsageReporting.AskWithin, 2 * growth);

    private Verdict Begin(DateOnly day, string tool, decimal price)
    {
        Add(day, tool, new() { Calls = 1, Money = price });
        return Verdict.Granted;
    }

    private void Add(DateOnly day, string tool, UsageFigures figures)
    {
        if (figures == UsageFigures.None) return;
        pending[(day, tool)] = pending.TryGetValue((day, tool), out var before) ? before + figures : figures;
        known?.Add(day, tool, Spent.Of(figures));
        reporting.Wake();
    }

    private void Exchange()
    {
        if (exchanging) return;
        exchanging = true;
        exchange = Task.Run(ExchangeAsync);
    }

    private async Task ExchangeAsync()
    {
        for (var first = true; Next(first) is { } report; first = false)
        {
            try
            {
                var answer = await account.ReportAsync(report).ConfigureAwait(false);
                Settle(answer);
            }
            catch (Exception exception)
            {
                Failed();
                reporting.Failed(exception);
                return;
            }
        }
    }

    /// <summary>
    /// What to send: what failed before, else all that there is. After the first report only calls that wait are a reason for another.
    /// </summary>
    private UsageReport? Next(bool first)
    {
        lock (gate)
        {
            if (sent is not null) return sent;
            if ((!first && !again && asks.Count == 0) || (pending.Count == 0 && asks.Count == 0)) return Stop();
            again = false;
            var rows = pending.Where(row => row.Value != UsageFigures.None)
                .Select(row => new UsageRow(row.Key.Day, row.Key.Tool, row.Value)).ToImmutableArray();
            var wanted = asks.Select(ask => new UsageAsk(ask.Day, ask.Tool, ask.Price)).ToImmutableArray();
            sent = new(reporting.Sender, reporting.NextNumber(), rows, wanted, WantsTotals: limits is not null);
            (pending, sentAsks, asks) = ([], asks, []);
            return sent;
        }
    }

    private UsageReport? Stop()
    {
        (exchanging, again) = (false, false);
        return null;
    }

    private void Settle(UsageAnswer answer)
    {
        lock (gate)
        {
            (sent, heardAt, failedAt) = (null, reporting.Time.GetTimestamp(), null);
            if (answer.Totals is { } totals) Learn(totals);
            for (var i = 0; i < sentAsks.Count; i++) Settle(sentAsks[i], answer.Refused[i]);
            sentAsks = [];
        }

        reporting.Worked();
    }

    private void Learn(UsageTotals totals)
    {
        known = new(totals);
        var calls = known.Of(QuotaPeriod.Month, null, totals.Day).Calls;
        Measure(calls);
        foreach (var ((day, tool), figures) in pending) known.Add(day, tool, Spent.Of(figures));
    }

    /// <summary>What all silos begin between two reports. An answer that comes early says little, and never lowers it.</summary>
    private void Measure(long calls)
    {
        if (basisCalls is not { } basis)
        {
            (basisCalls, basisAt) = (calls, reporting.Time.GetTimestamp());
            return;
        }

        var passed = reporting.Time.GetElapsedTime(basisAt);
        var grown = Math.Max(0, calls - basis);
        if (passed < reporting.Every) growth = Math.Max(growth, grown);
        else (growth, basisCalls, basisAt) = ((long)Math.Ceiling(grown * (reporting.Every / passed)), calls, reporting.Time.GetTimestamp());
    }

    /// <summary>Whoever did not wait has decided otherwise, perhaps.</summary>
    private void Settle(Ask ask, QuotaStanding? refused)
    {
        if (ask.Answer.TrySetResult(refused is null ? Verdict.Granted : new Verdict(refused, false))) return;
        var (counted, began) = (refused is null, ask.Answer.Task.Result.MayBegin);
        if (counted == began) return;
        Add(ask.Day, ask.Tool, new() { Calls = began ? 1 : -1, Money = began ? ask.Price : -ask.Price });
    }

    private void Failed()
    {
        lock (gate)
        {
            (exchanging, again, failedAt) = (false, false, reporting.Time.GetTimestamp());
            foreach (var ask in sentAsks.Concat(asks).ToArray()) GiveUp(ask);
        }

        reporting.Wake();
    }

    /// <summary>One that is under way is settled when its answer comes.</summary>
    private void GiveUp(Ask ask)
    {
        if (ask.Answer.Task.IsCompleted) return;
        var full = known is null ? null : QuotaCheck.Full(limits!, known, key, ask.Day, ask.Tool, ask.Price);
        var verdict = full is not null ? new Verdict(full, false) : reporting.MayBegin ? Verdict.Granted : Verdict.Unknown;
        ask.Answer.TrySetResult(verdict);
        if (asks.Remove(ask) && verdict.MayBegin) Begin(ask.Day, ask.Tool, ask.Price);
    }

    private Verdict WithoutAnswer(DateOnly day, string tool, decimal price)
    {
        if (known is not null && QuotaCheck.Full(limits!, known, key, day, tool, price) is { } full) return new Verdict(full, false);
        return reporting.MayBegin ? Begin(day, tool, price) : Verdict.Unknown;
    }

    private sealed record Ask(DateOnly Day, string Tool, decimal Price)
    {
        public TaskCompletionSource<Verdict> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Whether a call may begin.</summary>
/// <param name="Full">The quota that is used up.</param>
/// <param name="Refused">It may not, since nothing is known.</param>
internal readonly record struct Verdict(QuotaStanding? Full, bool Refused)
{
    public static Verdict Granted => default;

    public static Verdict Unknown => new(null, true);

    public bool MayBegin => Full is null && !Refused;
}
