using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Hosting;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.Placement;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Whom a decision concerns, and waking them once it is committed. One-way: a lost wake-up is made good by the next recovery.</summary>
internal sealed class SessionWakes(IGrainFactory grains, SessionPlaces places, SessionKey session)
{
    /// <summary>Wakes everybody whose machine changed, but for the reporter, who gets the state as its answer, and executions that got a slot.</summary>
    public void Wake(SessionTurn turn, string? reporter)
    {
        var state = turn.Dropped ?? turn.State;
        var (executions, batches, messages, processes) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        foreach (var (happened, note) in turn.Entries)
        {
            switch (happened)
            {
                case BatchProgressed { BatchId: { } id } when note?.Ending is not null:
                    batches.Add(id);
                    break;
                case ToolOutput or ToolProgressed or ToolWaiting or ToolResized or ToolTaken or ToolTurned or MessageDelta or MessageReasoning or BatchProgressed:
                    break;
                case ProcessChanged e:
                    processes.Add(e.Name);
                    break;
                case BatchStarted { BatchId: { } id }:
                    batches.Add(id);
                    break;
                case BatchResumed { BatchId: { } id }:
                    batches.Add(id);
                    foreach (var open in Open(state, id))
                    {
                        if (open.Status is ExecutionStatus.Executing or ExecutionStatus.Backoff) executions.Add(open.Id);
                    }

                    break;
                case { ExecutionId: { } id }:
                    executions.Add(id);
                    break;
                case { BatchId: { } id }:
                    batches.Add(id);
                    break;
                case { MessageId: { } id }:
                    messages.Add(id);
                    break;
            }
        }

        AddSlots(turn, executions, batches);
        if (reporter is not null) _ = executions.Remove(reporter) || batches.Remove(reporter) || messages.Remove(reporter);
        using var here = places.Follow();
        foreach (var id in executions) WakeExecution(state, id);
        foreach (var id in batches) WakeBatch(state, id);
        foreach (var id in messages) WakeMessage(state, id, recovered: false);
        foreach (var name in processes) WakeProcess(state, name);
    }

    /// <summary>Wakes everything that is open.</summary>
    public void WakeAll(SessionState state)
    {
        using var here = places.Follow();
        foreach (var id in state.OpenBatches)
        {
            WakeBatch(state, id);
            var slots = BatchMachine.Slots(state.Batches[id], state.Execution).Select(e => e.Id).ToHashSet();
            foreach (var open in Open(state, id))
            {
                if (open.Status is ExecutionStatus.Executing or ExecutionStatus.Backoff || slots.Contains(open.Id)) WakeExecution(state, open.Id);
            }
        }

        foreach (var id in state.OpenReplies) WakeMessage(state, id, recovered: true);
        foreach (var process in state.Processes.Where(process => process.State is NamedProcessState.Backoff or NamedProcessState.Stopping)) WakeProcess(state, process.Name);
    }

    /// <summary>Executions that hold a slot now and held none before, and batches that expire at another time now.</summary>
    private static void AddSlots(SessionTurn turn, HashSet<string> executions, HashSet<string> batches)
    {
        var touched = new HashSet<string>(batches);
        foreach (var id in executions)
        {
            if (turn.State.Execution(id) is { } execution && execution.Status is not (ExecutionStatus.Executing or ExecutionStatus.Backoff)) touched.Add(execution.BatchId);
        }

        foreach (var id in touched)
        {
            if (!turn.State.Batches.TryGetValue(id, out var batch) || batch.Status != BatchStatus.Executing) continue;
            var earlier = turn.Before.Batches.GetValueOrDefault(id);
            if (earlier is not null && earlier.Due != batch.Due) batches.Add(id);
            if (batch.Counts.Pending == 0) continue;
            var held = earlier is null ? [] : BatchMachine.Slots(earlier, turn.Before.Execution).Select(e => e.Id).ToHashSet();
            foreach (var slot in BatchMachine.Slots(batch, turn.State.Execution))
            {
                if (slot.Status == ExecutionStatus.Pending && !held.Contains(slot.Id)) executions.Add(slot.Id);
            }
        }
    }

    private static IEnumerable<ExecutionState> Open(SessionState state, string batchId)
    {
        foreach (var id in state.Batches[batchId].Executions)
        {
            if (state.Execution(id) is { IsFinal: false } open) yield return open;
        }
    }

    private void WakeExecution(SessionState state, string id)
    {
        if (state.Execution(id) is not { } execution) return;
        if (execution.Plan.Pool is not null) places.Pools.Note(session);
        _ = grains.ReferenceTo<IToolExecutionGrain>(execution.KeyOf(session)).WakeAsync(execution.WithoutOutput());
    }

    private void WakeBatch(SessionState state, string id)
    {
        if (state.Batches.TryGetValue(id, out var batch)) _ = grains.ReferenceTo<IToolBatchGrain>(session.Child(id)).WakeAsync(batch);
    }

    private void WakeProcess(SessionState state, string name)
    {
        if (state.Process(name) is { } process) _ = grains.ReferenceTo<INamedProcessGrain>(session.Child(name)).WakeAsync(process);
    }

    private void WakeMessage(SessionState state, string id, bool recovered)
    {
        if (state.Messages.TryGetValue(id, out var message) && message.IsReply) _ = grains.ReferenceTo<IMessageGrain>(session.Child(id)).WakeAsync(message.WithoutProvided(), recovered);
    }
}
