using ToolRuntime.Events;
using ToolRuntime.Simulation.Tests.Story;

namespace ToolRuntime.Simulation.Tests.Checks;

/// <summary>
/// Batches, executions and replies begin once and end once, in order; attempts follow each other, and what an attempt says
/// comes while it is the present one.
/// </summary>
internal sealed class LifeCheck(Scene scene)
{
    private readonly List<string> wrong = [];
    private readonly PromptCheck prompt = new(scene);
    private readonly DueCheck due = new(scene);
    private readonly HashSet<string> open = [], ended = [];
    private readonly Dictionary<string, string> batchOf = [];
    private readonly Dictionary<string, List<string>> batchesOf = [];
    private readonly Dictionary<string, int> attempts = [];
    private readonly Dictionary<string, string> takenOver = [];

    public List<string> Check(IEnumerable<SessionEvent> events)
    {
        foreach (var happened in events)
        {
            See(happened);
            wrong.AddRange(prompt.See(happened));
            if (due.See(happened) is { } late) wrong.Add(late);
        }

        if (open.Count > 0) wrong.Add($"Still open: {string.Join(", ", open)}.");
        return wrong;
    }

    private void See(SessionEvent happened)
    {
        switch (happened)
        {
            case SessionReset:
                if (open.Count > 0) wrong.Add($"{happened.Seq}: reset while {string.Join(", ", open)} is open.");
                break;
            case ConversationStateChanged { From: null }:
                Begin(happened.MessageId!, happened);
                batchesOf[happened.MessageId!] = [];
                break;
            case ConversationStateChanged { From: MessageStatus.Error, To: MessageStatus.Active }:
                ended.Remove(happened.MessageId!);
                Begin(happened.MessageId!, happened);
                break;
            case ConversationStateChanged { To: MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled }:
                if (batchesOf[happened.MessageId!].Any(open.Contains)) wrong.Add($"{happened.Seq}: the reply ends before its batch.");
                End(happened.MessageId!, happened);
                break;
            case BatchStarted e:
                Begin(e.BatchId!, e);
                if (e.MessageId is { } reply) batchesOf[reply].Add(e.BatchId!);
                foreach (var tool in e.Tools) Begin(tool.ExecutionId, e);
                foreach (var tool in e.Tools) batchOf[tool.ExecutionId] = e.BatchId!;
                break;
            case BatchEnded e:
                if (batchOf.Any(execution => execution.Value == e.BatchId && open.Contains(execution.Key))) wrong.Add($"{e.Seq}: the batch ends before its executions.");
                End(e.BatchId!, e);
                break;
            case { ExecutionId: { } id }:
                SeeExecution(id, happened);
                break;
        }
    }

    private void SeeExecution(string id, SessionEvent happened)
    {
        if (!open.Contains(id)) wrong.Add($"{happened.Seq}: {EventTypes.NameOf(happened)} of {id}, which is not open.");
        var present = attempts.GetValueOrDefault(id);
        if (happened is ToolStarted) attempts[id] = present + 1;
        if (happened is ToolRetried { Tool: { } next }) takenOver[id] = next;
        if (happened is ToolStarted started && takenOver.TryGetValue(id, out var other) && started.Tool != other) wrong.Add($"{happened.Seq}: {started.Tool} runs for {id}, while {other} has taken over.");
        if (happened.Attempt is { } attempt && attempt != attempts.GetValueOrDefault(id)) wrong.Add($"{happened.Seq}: {EventTypes.NameOf(happened)} of attempt {attempt} of {id}, while {attempts.GetValueOrDefault(id)} is the present one.");
        if (happened is ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled) End(id, happened);
    }

    private void Begin(string id, SessionEvent happened)
    {
        if (!open.Add(id) || ended.Contains(id)) wrong.Add($"{happened.Seq}: {id} begins twice.");
    }

    private void End(string id, SessionEvent happened)
    {
        if (!open.Remove(id)) wrong.Add($"{happened.Seq}: {id} ends twice, or before it begins.");
        ended.Add(id);
    }
}
