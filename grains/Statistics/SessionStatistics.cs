using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Statistics;

/// <summary>The statistics of one session, by what it holds of its newest messages and batches: each call with its last attempt.</summary>
internal static class SessionStatistics
{
    public static StatisticsReport Of(SessionState state, StatisticsWindow window, string? tool, DateTimeOffset now)
    {
        var (tables, at) = (new StepTables(), now.ToUnixTimeMilliseconds());
        var (from, step, _) = tables.Window(window, at);
        var steps = new SortedDictionary<long, CountsTable>();
        foreach (var execution in state.Executions.Values)
        {
            if (EndOf(execution) is not { } ended || ended < from || ended > at) continue;
            var begins = ended - ((ended - from) % step);
            if (!steps.TryGetValue(begins, out var table)) steps[begins] = table = new();
            Count(table.Of(execution.Runs), execution);
        }

        return StatisticsReports.Of(from, now, step, steps, tool, Open(state).Select(open => new ToolNow(open.Tool, open.Waits ? 0 : 1, open.Waits ? 1 : 0, null)));
    }

    /// <summary>The calls that have not ended, and whether they wait to begin.</summary>
    public static IEnumerable<(string Tool, bool Waits)> Open(SessionState state)
    {
        foreach (var batch in state.OpenBatches)
        {
            foreach (var id in state.Batches[batch].Executions)
            {
                if (state.Execution(id) is { IsFinal: false } open) yield return (open.Runs, open.Status is ExecutionStatus.Pending or ExecutionStatus.AwaitingApproval);
            }
        }
    }

    /// <summary>When a call ended that had begun.</summary>
    private static long? EndOf(ExecutionState execution) =>
        execution is { IsFinal: true, StartedAt: { } started } && execution.Attempt > execution.EarlierAttempts ? started.ToUnixTimeMilliseconds() + (execution.ElapsedMs ?? 0) : null;

    private static void Count(ToolCounts counts, ExecutionState execution)
    {
        counts.Calls++;
        counts.Retries += execution.Attempt - execution.EarlierAttempts - 1;
        counts.Add(execution.Metrics);
        switch (execution.Status)
        {
            case ExecutionStatus.Completed:
                counts.Completed++;
                break;
            case ExecutionStatus.Failed:
                counts.Failed++;
                break;
            case ExecutionStatus.TimedOut:
                counts.TimedOut++;
                counts.Timeouts++;
                break;
            default:
                counts.Cancelled++;
                return;
        }

        if (execution.Metrics?.Cached == true) counts.CacheHits++;
        else counts.Durations.Add(execution.ElapsedMs ?? 0);
    }
}
