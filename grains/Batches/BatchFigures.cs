using ToolRuntime.Events;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Batches;

/// <summary>Percent and ETA of a batch, from what its executions measured and how long such calls took before. Where neither says anything there is no ETA.</summary>
internal static class BatchFigures
{
    public static BatchProgressed Of(BatchState state, DateTimeOffset now, Func<string, ExecutionState?> execution)
    {
        var counts = state.Counts;
        var total = Math.Max(1, counts.Total);
        double done = counts.Completed + counts.Unsuccessful;
        double? remainingMs = 0, longestMs = 0;
        if (counts.Open > 0)
        {
            foreach (var id in state.Executions)
            {
                if (execution(id) is not { IsFinal: false } open) continue;
                done += Share(open);
                var left = Remaining(open, now);
                remainingMs += left;
                longestMs = left is { } ms && longestMs is { } most ? Math.Max(most, ms) : null;
            }
        }

        var elapsed = Math.Max(0, (long)(now - state.StartedAt).TotalMilliseconds);
        var eta = counts.Open == 0 ? 0 : remainingMs is { } all && longestMs is { } one ? (long)Math.Max(one, all / state.MaxParallel) : (long?)null;
        return new(
            counts.Completed, counts.Unsuccessful, counts.Running, counts.Pending + counts.AwaitingApproval, counts.Total,
            Math.Round(Math.Min(100, 100 * done / total), 1), elapsed, state.Status == BatchStatus.Paused ? null : eta);
    }

    private static double Share(ExecutionState open) => open.Status == ExecutionStatus.Executing ? Math.Clamp((open.Progress?.Percent ?? 0) / 100, 0, 1) : 0;

    /// <summary>By measured progress where there is some; else as long as such calls took, less what has gone by. One that takes longer than those is anybody's guess.</summary>
    private static double? Remaining(ExecutionState open, DateTimeOffset now)
    {
        if (open.Status == ExecutionStatus.AwaitingApproval) return null;
        if (open.Status != ExecutionStatus.Executing || open.StartedAt is not { } started) return open.Plan.UsualMs;
        var elapsed = Math.Max(0, (now - started).TotalMilliseconds);
        if (open.Progress?.Percent is { } percent and > 0 and < 100) return elapsed * (100 - percent) / percent;
        return open.Plan.UsualMs is { } usual && usual > elapsed ? usual - elapsed : null;
    }
}
