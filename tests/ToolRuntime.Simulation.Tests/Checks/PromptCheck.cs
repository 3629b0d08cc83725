using ToolRuntime.Events;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Checks;

/// <summary>What can go on does, soon: a batch with pending executions has some under way, a retry comes when its delay is over, results are handed over.</summary>
internal sealed class PromptCheck(Scene scene)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, Batch> batches = [];
    private readonly Dictionary<string, DateTimeOffset> resuming = [];
    private readonly HashSet<string> paused = [];

    public IEnumerable<string> See(SessionEvent happened)
    {
        if (happened is SessionReset)
        {
            batches.Clear();
            resuming.Clear();
        }

        if (happened.MessageId is { } reply && resuming.Remove(reply, out var since) && happened.At > scene.Recovered(since + Soon)) yield return $"{happened.Seq}: results of {reply} waited since {since:HH:mm:ss.fff}.";
        if (happened is ConversationStateChanged state) See(state);
        if (happened.BatchId is not { } id) yield break;
        if (happened is BatchStarted started) batches[id] = new(started);
        if (!batches.TryGetValue(id, out var batch)) yield break;
        if (batch.IdleSince is { } idle && happened.At > scene.Recovered(idle + Soon)) yield return $"{happened.Seq}: nothing of {id} went on since {idle:HH:mm:ss.fff}.";
        batch.See(happened);
        if (happened is BatchEnded) batches.Remove(id);
    }

    private void See(ConversationStateChanged state)
    {
        if (state.Paused == true) paused.Add(state.MessageId!);
        else if (state.Paused == false || state.To is MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled) paused.Remove(state.MessageId!);
        if (state.To == MessageStatus.Resuming && !paused.Contains(state.MessageId!)) resuming[state.MessageId!] = state.At;
    }

    private sealed class Batch(BatchStarted started)
    {
        private readonly HashSet<string> pending = [.. started.Tools.Select(tool => tool.ExecutionId)], running = [], asking = [];
        private bool paused;

        /// <summary>Since when nothing is under way, though something could be.</summary>
        public DateTimeOffset? IdleSince { get; private set; } = started.At;

        public void See(SessionEvent happened)
        {
            if (happened is BatchPaused) paused = true;
            if (happened is BatchResumed) paused = false;
            if (happened.ExecutionId is { } id) Move(id, happened);
            IdleSince = !paused && running.Count == 0 && (pending.Count > 0 || asking.Count == 0) ? IdleSince ?? happened.At : null;
            if (happened is BatchResumed && IdleSince is not null) IdleSince = happened.At;
        }

        private void Move(string id, SessionEvent happened)
        {
            if (happened is ToolApprovalRequired) asking.Add(id);
            else asking.Remove(id);
            if (happened is ToolApproved)
            {
                pending.Add(id);
            }
            else if (happened is ToolRetried)
            {
                running.Add(id);
            }
            else if (happened is ToolStarted)
            {
                pending.Remove(id);
                running.Add(id);
            }
            else if (happened is ToolApprovalRequired or ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled)
            {
                pending.Remove(id);
                running.Remove(id);
            }
        }
    }
}
