using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Sessions;

namespace ToolRuntime.Statistics;

/// <summary>
/// Counts what sessions on this silo have committed about calls of tools, and reports it to their tenants' grains each few seconds, as long as there is
/// anything to tell. Safe to call from any thread.
/// </summary>
internal sealed partial class StatisticsRecorder : IDisposable
{
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(5);

    private readonly IGrainFactory grains;
    private readonly LocalSessions sessions;
    private readonly ToolPolicies policies;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TimeSpan every;
    private readonly ITimer timer;
    private readonly string sender = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, TenantCounts> tenants = new(StringComparer.Ordinal);
    private int awake;
    private int failing;

    public StatisticsRecorder(
        IGrainFactory grains, LocalSessions sessions, ToolPolicies policies, IOptions<StatisticsOptions> options, TimeProvider time, ILogger<StatisticsRecorder> logger)
    {
        (this.grains, this.sessions, this.policies, this.time, this.logger, every) = (grains, sessions, policies, time, logger, options.Value.ReportEvery);
        timer = time.CreateTimer(static recorder => _ = ((StatisticsRecorder)recorder!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Counts a decision that is committed. Never throws.</summary>
    public void Record(SessionKey session, SessionTurn turn)
    {
        if (!turn.Entries.Any(entry => entry.Event is BatchStarted or ToolStarted or ToolRetried or ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled)) return;
        var at = turn.Now.ToUnixTimeMilliseconds();
        Tenant(session.Tenant).Count(at - (at % StepTables.Minute), table => CallCounting.Count(turn, table));
        Wake();
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
            Failed(exception);
        }
    }

    public void Dispose() => timer.Dispose();

    private TenantCounts Tenant(string tenant) => tenants.GetOrAdd(
        tenant, static (tenant, recorder) => new(recorder.grains.ReferenceTo<IStatisticsAccount>(tenant), recorder.sender), this);

    private void Wake()
    {
        if (Volatile.Read(ref awake) == 0 && Interlocked.Exchange(ref awake, 1) == 0) timer.Change(every, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer stands still while there is nothing to tell.</summary>
    private async Task TickAsync()
    {
        Volatile.Write(ref awake, 0);
        if (await ReportAsync().ConfigureAwait(false)) Wake();
    }

    /// <summary>Whether there is, or may be, more to tell.</summary>
    private async Task<bool> ReportAsync()
    {
        var now = Now();
        foreach (var tenant in now.Keys) _ = Tenant(tenant);
        var breakers = policies.Breakers.ToDictionary(StringComparer.Ordinal);
        await Task.WhenAll(tenants.Where(tenant => now.ContainsKey(tenant.Key) || tenant.Value.IsDue)
            .Select(tenant => ReportAsync(tenant.Value, now.GetValueOrDefault(tenant.Key) ?? [], breakers))).ConfigureAwait(false);
        return now.Count > 0 || tenants.Values.Any(tenant => tenant.IsDue);
    }

    private async Task ReportAsync(TenantCounts tenant, Dictionary<string, (int Running, int Waiting)> work, Dictionary<string, int> breakers)
    {
        try
        {
            var tools = work.Keys.Union(breakers.Keys).Select(tool => new ToolNow(
                tool, work.GetValueOrDefault(tool).Running, work.GetValueOrDefault(tool).Waiting, breakers.TryGetValue(tool, out var state) ? state : null));
            await tenant.ReportAsync([.. tools]).ConfigureAwait(false);
            if (Interlocked.Exchange(ref failing, 0) == 1) LogWorks();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    /// <summary>What is open in the sessions of this silo, by tenant and tool.</summary>
    private Dictionary<string, Dictionary<string, (int Running, int Waiting)>> Now()
    {
        var now = new Dictionary<string, Dictionary<string, (int Running, int Waiting)>>(StringComparer.Ordinal);
        foreach (var (tenant, tool, waits) in sessions.OpenTools)
        {
            if (!now.TryGetValue(tenant, out var tools)) now[tenant] = tools = new(StringComparer.Ordinal);
            var (running, waiting) = tools.GetValueOrDefault(tool);
            tools[tool] = waits ? (running, waiting + 1) : (running + 1, waiting);
        }

        return now;
    }

    private void Failed(Exception exception)
    {
        if (Interlocked.Exchange(ref failing, 1) == 0) LogFailed(exception);
    }

    [LoggerMessage(1511, LogLevel.Warning, "Statistics of tools can't be reported just now; they are kept and reported later.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(1512, LogLevel.Information, "Statistics of tools are reported again.")]
    private partial void LogWorks();
}
