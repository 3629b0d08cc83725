using ToolRuntime.Events;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Statistics;

/// <summary>What events say about calls of tools. A call that never began (refused, denied, cancelled before) says nothing about its tool.</summary>
internal static class CallCounting
{
    /// <summary>Counts what a decision ended; <paramref name="table"/> is asked for where there is something to count.</summary>
    public static void Count(SessionTurn turn, Func<CountsTable> table)
    {
        foreach (var (happened, _) in turn.Entries)
        {
            if (happened is not (ToolRetried or ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled)) continue;
            if (turn.Before.Execution(happened.ExecutionId!) is { } execution && execution.Attempt > execution.EarlierAttempts) Count(table().Of(execution.Runs), happened, execution);
        }
    }

    private static void Count(ToolCounts counts, SessionEvent happened, ExecutionState before)
    {
        switch (happened)
        {
            case ToolRetried e:
                counts.Add(e.Metrics);
                if (e.Error.Code == ToolErrorCodes.AttemptTimeout) counts.Timeouts++;
                if (e.Tool is null) counts.Retries++;
                else HandedOn(counts, e, before);
                break;
            case ToolCompleted e:
                counts.Completed++;
                Ended(counts, e.Metrics, e.ElapsedMs);
                break;
            case ToolFailed e:
                counts.Failed++;
                Ended(counts, e.Metrics, e.ElapsedMs);
                break;
            case ToolTimedOut e:
                counts.TimedOut++;
                counts.Timeouts++;
                Ended(counts, e.Metrics, e.ElapsedMs);
                break;
            case ToolCancelled e:
                counts.Cancelled++;
                Ended(counts, e.Metrics, null);
                break;
        }
    }

    private static void HandedOn(ToolCounts counts, ToolRetried e, ExecutionState before)
    {
        counts.Fallbacks++;
        counts.Failed++;
        counts.Calls++;
        if (before.StartedAt is { } started) counts.Durations.Add((long)(e.At - started).TotalMilliseconds);
    }

    private static void Ended(ToolCounts counts, ToolMetrics metrics, long? elapsedMs)
    {
        counts.Calls++;
        counts.Add(metrics);
        if (metrics.Cached == true) counts.CacheHits++;
        else if (elapsedMs is { } took) counts.Durations.Add(took);
    }
}
