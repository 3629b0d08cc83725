using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Usage;

/// <summary>
/// What calls of tools use on this silo. It gathers, reports to the accounts of tenants and users, and has calls asked for before they
/// begin where there are quotas. Safe to call from any thread.
/// </summary>
internal sealed class UsageLedger : IDisposable
{
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(3);

    private readonly IGrainFactory grains;
    private readonly QuotaBook quotas;
    private readonly ToolPolicies policies;
    private readonly TimeProvider time;
    private readonly UsageReporting reporting;
    private readonly TimeSpan every;
    private readonly ITimer timer;
    private readonly ConcurrentDictionary<UsageKey, LocalAccount> accounts = new();
    private int awake;

    public UsageLedger(
        IGrainFactory grains, QuotaBook quotas, ToolPolicies policies, IOptions<UsageOptions> options, TimeProvider time, ILogger<UsageLedger> logger)
    {
        (this.grains, this.quotas, this.policies, this.time) = (grains, quotas, policies, time);
        every = options.Value.ReportEvery;
        reporting = new(time, every, quotas, Wake, logger);
        timer = time.CreateTimer(static ledger => ((UsageLedger)ledger!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether calls of a tenant have to be asked for.</summary>
    public bool HasQuotas(string tenant, string? subject) =>
        !quotas.IsEmpty && (quotas.Of(tenant, null) is not null || (subject is not null && quotas.Of(tenant, subject) is not null));

    /// <summary>Counts a call that is about to begin, or tells why it may not. Never throws.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="subject">Whose, within the tenant.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="free">Whether it costs nothing, since its result is known.</param>
    public async ValueTask<(Charge? Charge, ToolError? Refusal)> ChargeAsync(string tenant, string? subject, string tool, bool free = false)
    {
        var now = time.GetUtcNow();
        var charge = new Charge(this, DateOnly.FromDateTime(now.UtcDateTime), tool, free ? 0 : policies.For(tool).Options.PricePerCall);
        foreach (var key in Keys(tenant, subject, now))
        {
            var verdict = await TakeAsync(key, charge).ConfigureAwait(false);
            if (verdict.MayBegin)
            {
                charge.Accounts.Add(key);
                continue;
            }

            charge.Dispose();
            return (null, verdict.Full is { } full ? QuotaRefusal.Of(full, tool, now) : QuotaRefusal.Unknown);
        }

        return (charge, null);
    }

    /// <summary>Counts what an attempt used, and the call, where it is its first and was not counted before. Never throws.</summary>
    public void Ended(RunnerSpec spec, Charge? charge, UsageFigures used)
    {
        var now = time.GetUtcNow();
        var cached = used.Cached > 0;
        var price = charge?.Price ?? (spec.OfTool == 1 ? policies.For(spec.Tool).Options.PricePerCall : 0);
        used = used with { Retries = spec.OfTool > 1 ? 1 : 0 };
        if (charge is not null) used = used with { Money = cached ? -price : 0 };
        else if (spec.OfTool == 1) used = used with { Calls = 1, Money = cached ? 0 : price };
        charge?.Keep();
        foreach (var key in Keys(spec.Session.Tenant, spec.Subject, now)) Add(key, DateOnly.FromDateTime(now.UtcDateTime), spec.Tool, used);
    }

    /// <summary>Counts for an account.</summary>
    public void Add(UsageKey key, DateOnly day, string tool, UsageFigures figures)
    {
        for (var account = Account(key); !account.TryAdd(day, tool, figures); account = Account(key)) accounts.TryRemove(new(key, account));
    }

    /// <summary>Reports all, but does not wait for ever; for the silo's end.</summary>
    public async Task FlushAsync()
    {
        try
        {
            // What was under way does not hold what came meanwhile.
            for (var round = 0; round < 2; round++) await ReportAsync().WaitAsync(FlushWithin, time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            reporting.Failed(exception);
        }
    }

    public void Dispose() => timer.Dispose();

    /// <summary>The user's first: what that refuses is no burden of the tenant's.</summary>
    private static IEnumerable<UsageKey> Keys(string tenant, string? subject, DateTimeOffset now) =>
        subject is null ? [UsageKey.At(tenant, null, now)] : [UsageKey.At(tenant, subject, now), UsageKey.At(tenant, null, now)];

    private async ValueTask<Verdict> TakeAsync(UsageKey key, Charge charge)
    {
        while (true)
        {
            var account = Account(key);
            if (await account.TakeAsync(charge.Day, charge.Tool, charge.Price).ConfigureAwait(false) is { } verdict) return verdict;
            accounts.TryRemove(new(key, account));
        }
    }

    private LocalAccount Account(UsageKey key) => accounts.GetOrAdd(
        key, static (key, ledger) => ledger.Open(key), this);

    private LocalAccount Open(UsageKey key) =>
        new(key, grains.ReferenceTo<IUsageAccount>(key.ToString()), quotas.Of(key.Tenant, key.Subject), reporting);

    private void Wake()
    {
        if (Volatile.Read(ref awake) == 0 && Interlocked.Exchange(ref awake, 1) == 0) timer.Change(every, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer stands still while there is nothing to report.</summary>
    private void Tick()
    {
        Volatile.Write(ref awake, 0);
        _ = ReportAsync();
    }

    private Task ReportAsync()
    {
        List<Task> reports = [];
        foreach (var account in accounts.Values)
        {
            if (!account.TryRetire()) reports.Add(account.ReportAsync());
            else accounts.TryRemove(new(account.Key, account));
        }

        return Task.WhenAll(reports);
    }
}
