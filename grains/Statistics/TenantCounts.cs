using System.Collections.Immutable;

namespace ToolRuntime.Statistics;

/// <summary>What a silo has counted for a tenant and not reported yet. A report that was not answered is sent again as it was. Safe to call from any thread.</summary>
internal sealed class TenantCounts(IStatisticsAccount account, string sender)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, CountsTable> minutes = [];
    private ImmutableArray<KeyValuePair<long, byte[]>> sent = [];
    private long number;
    private Task reporting = Task.CompletedTask;

    /// <summary>Whether anything is left to report.</summary>
    public bool IsDue
    {
        get
        {
            lock (gate) return minutes.Count > 0 || !sent.IsEmpty || ToldOfWork;
        }
    }

    /// <summary>Whether the last report said that something runs or waits; the next one says that it does not, where it does not.</summary>
    private bool ToldOfWork { get; set; }

    /// <summary>Counts in a minute.</summary>
    public void Count(long minute, Action<Func<CountsTable>> count)
    {
        lock (gate) count(() => minutes.TryGetValue(minute, out var known) ? known : minutes[minute] = new());
    }

    /// <summary>Reports; one report is under way at a time, and what was counted meanwhile goes with the next.</summary>
    public Task ReportAsync(ImmutableArray<ToolNow> now)
    {
        lock (gate)
        {
            return reporting.IsCompleted ? reporting = SendAsync(now) : reporting;
        }
    }

    private async Task SendAsync(ImmutableArray<ToolNow> now)
    {
        StatisticsCounts report;
        lock (gate)
        {
            if (sent.IsEmpty)
            {
                number++;
                sent = [.. minutes.Select(step => KeyValuePair.Create(step.Key, step.Value.Pack()))];
                minutes.Clear();
            }

            report = new(sender, number, sent, now);
        }

        await account.ReportAsync(report).ConfigureAwait(false);
        lock (gate)
        {
            sent = [];
            ToldOfWork = now.Any(tool => tool.Running + tool.Waiting > 0);
        }
    }
}
