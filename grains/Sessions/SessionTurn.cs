using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Machines;
using ToolRuntime.Messages;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>
/// One decision in the making: what the machines emit is applied at once, so that later parts of the same decision see it. All of it is committed together.
/// </summary>
internal sealed class SessionTurn(SessionState state, DateTimeOffset now, string defaultModel)
{
    private readonly List<(SessionEvent Event, EntryNote? Note)> entries = [];

    public SessionState State { get; private set; } = state;

    public SessionState Before { get; } = state;

    /// <summary>What a reset is about to drop, all of it ended; null where there is none.</summary>
    public SessionState? Dropped { get; private set; }

    public DateTimeOffset Now { get; } = now;

    /// <summary>The <c>traceparent</c> of the command that is carried out, where it has one.</summary>
    public string? Trace { get; init; }

    /// <summary>0 to 1: the dice of this decision, for waits that are not to come all at once.</summary>
    public double Dice { get; init; } = 0.5;

    /// <summary>Whose limit counts for executions of that command.</summary>
    public ExecutionAccount? Account { get; init; }

    /// <summary>The session's tenant, where a command is carried out.</summary>
    public string Tenant { get; init; } = "";

    public IReadOnlyList<(SessionEvent Event, EntryNote? Note)> Entries => entries;

    public void Emit(SessionEvent happened, EntryNote? note = null)
    {
        happened = happened with { Seq = State.Head + 1, At = Now };
        entries.Add((happened, note));
        if (happened is SessionReset) Dropped = State;
        State = SessionFold.Apply(State, happened, note);
    }

    /// <summary>Puts the command that caused this decision into its first entry.</summary>
    public void Attach(CommandNote command)
    {
        var (first, note) = entries[0];
        entries[0] = (first, (note ?? new EntryNote()) with { Command = command });
        State = SessionFold.Remember(State, SessionFold.CommandKey(command.Subject, command.Id), new(command.Hash, command.Answer));
    }

    public Decision Trigger(ExecutionState execution, ExecutionTrigger trigger, EntryNote? note = null)
    {
        var batch = State.Batches[execution.BatchId];
        var slot = trigger.Kind == ExecutionTriggerKind.Start && BatchMachine.HoldsSlot(batch, execution, State.Execution);
        var around = new ExecutionSurroundings(Now, batch.Deadline, batch.Status == Views.BatchStatus.Paused, batch.Counts.Executing, slot)
        {
            DeadlineAfterApproval = batch.DeadlineAfterApproval(Now) is var later && later > batch.Deadline ? later : null,
            Granted = (slot || trigger.Kind == ExecutionTriggerKind.BackoffElapsed) && execution.Plan.NeedsApproval && SessionParameters.GrantsApproval(State.Parameters, execution.Runs),
        };
        return Take(ExecutionMachine.Decide(execution, trigger, around), note);
    }

    public Decision Trigger(BatchState batch, BatchTrigger trigger, EntryNote? note = null) => Take(BatchMachine.Decide(batch, trigger, Now, State.Execution), note);

    public Decision Trigger(MessageState message, MessageTrigger trigger, EntryNote? note = null) =>
        Take(MessageMachine.Decide(message, trigger, message.AskedModel ?? defaultModel), note);

    private Decision Take(Decision decision, EntryNote? note)
    {
        foreach (var happened in decision.Events)
        {
            Emit(happened, note);
            note = null;
        }

        return decision;
    }
}
