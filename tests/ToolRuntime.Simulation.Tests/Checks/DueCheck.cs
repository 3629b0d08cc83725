using ToolRuntime.Events;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Checks;

/// <summary>Batches end by their time, and so do pauses: by the deadline, which stands still while only people are waited for; those have a time of their own.</summary>
internal sealed class DueCheck(Scene scene)
{
    /// <summary>What a lost report costs at most where nothing is broken, and ending processes.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Batch> batches = [];

    public string? See(SessionEvent happened)
    {
        if (happened is SessionReset) batches.Clear();
        if (happened is BatchStarted started) batches[happened.BatchId!] = new(started, scene.Batches.Value.MaxPause);
        if (happened.BatchId is not { } id || !batches.TryGetValue(id, out var batch)) return null;
        var due = batch.See(happened);
        if (happened is BatchEnded) batches.Remove(id);
        return happened is BatchPaused or BatchResumed or BatchEnded && happened.At > scene.Recovered(due + Slack)
            ? $"{happened.Seq}: {EventTypes.NameOf(happened)} at {happened.At:HH:mm:ss.fff}, due at {due:HH:mm:ss.fff}."
            : null;
    }

    private sealed class Batch(BatchStarted started, TimeSpan maxPause)
    {
        private readonly HashSet<string> open = [.. started.Tools.Select(tool => tool.ExecutionId)], asking = [];
        private DateTimeOffset deadline = started.Deadline;
        private DateTimeOffset? paused, approval;
        private DateTimeOffset seen = started.At, due = started.Deadline;

        private bool WaitsForPeople => asking.Count > 0 && asking.Count == open.Count;

        private DateTimeOffset Due => paused + maxPause ?? (WaitsForPeople && approval > deadline ? approval.Value : deadline);

        /// <summary>When it was due before what happens now; what is decided together has one time.</summary>
        public DateTimeOffset See(SessionEvent happened)
        {
            if (happened.At != seen) (seen, due) = (happened.At, Due);
            switch (happened)
            {
                case BatchPaused:
                    paused = happened.At;
                    break;
                case BatchResumed { Deadline: { } later }:
                    (paused, approval, deadline) = (null, approval + (later - deadline), later);
                    break;
                case ToolApprovalRequired e:
                    asking.Add(e.ExecutionId!);
                    approval = e.Deadline ?? approval;
                    break;
                case ToolApproved e:
                    asking.Remove(e.ExecutionId!);
                    deadline = e.Deadline ?? deadline;
                    break;
                case ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled:
                    open.Remove(happened.ExecutionId!);
                    asking.Remove(happened.ExecutionId!);
                    break;
            }

            return due;
        }
    }
}
