using System.Text.Json;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.Models;
using ToolRuntime.Named;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>Every decision about a session, taken on its state with the clock's time. No I/O, and nothing is kept.</summary>
internal sealed class SessionDecider(SessionCommands commands, BatchPlanner planner, IModelCatalog models, SessionQuotas quotas, TimeProvider time)
{
    /// <summary>Who does what nobody asked for.</summary>
    private const string Runtime = "runtime";

    public string DefaultModel => models.DefaultModel;

    public SessionQuotas Quotas => quotas;

    public TimeProvider Time => time;

    /// <summary>A turn at the present time, in whole milliseconds as events carry it.</summary>
    public SessionTurn Begin(SessionState state, string? trace = null, ExecutionAccount? account = null, string tenant = "")
    {
        var now = time.GetUtcNow();
        return new(state, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)), models.DefaultModel) { Trace = trace, Account = account, Tenant = tenant, Dice = Random.Shared.NextDouble() };
    }

    /// <summary>Adds what follows for named processes.</summary>
    public void Settle(SessionTurn turn) => commands.Processes.Settle(turn);

    /// <summary>A named process's clock; whether anything of it is there.</summary>
    public static bool Process(SessionTurn turn, string name, NamedReport report)
    {
        if (turn.State.Process(name) is not { } process) return false;
        if (report == NamedReport.BackoffElapsed) SessionProcesses.Trigger(turn, name, new(NamedTriggerKind.BackoffElapsed));
        else if (process is { State: NamedProcessState.Stopping, Run: { } run } && turn.Now >= NamedStops.GivenUpAt(process) && turn.State.Execution(run) is { } execution)
        {
            SessionProcesses.Cancel(turn, execution);
        }

        return true;
    }

    /// <summary>Carries out a command; its id and answer go into the first entry.</summary>
    public (JsonText Answer, Rejection? Error) Command(SessionTurn turn, SessionCommand command, string id, string subject, string hash)
    {
        var (more, refused) = commands.Apply(turn, command, subject);
        if (refused is not null) return (default, refused);
        var answer = command is DeleteSession ? JsonText.EmptyObject : JsonText.Object(writer =>
        {
            more?.Invoke(writer);
            writer.WriteNumber("seq", turn.Before.Head + 1);
        });
        if (turn.Entries.Count > 0) turn.Attach(new(id, subject, hash, answer));
        return (answer, null);
    }

    /// <summary>Refuses a command that runs tools which the caller's key is not enough for.</summary>
    public Rejection? RefuseTools(SessionCommand command, Caller caller) => command is RunTools run ? planner.CheckScopes(run, caller) : null;

    public static bool Execution(SessionTurn turn, string id, ExecutionTrigger trigger)
    {
        if (turn.State.Execution(id) is not { } execution) return false;
        if (!turn.Trigger(execution, trigger, NoteOf(trigger)).Applied) return false;
        if (trigger.Kind is not (ExecutionTriggerKind.Output or ExecutionTriggerKind.Waiting)) SessionRules.AfterExecution(turn, execution.BatchId);
        return true;
    }

    private static EntryNote? NoteOf(ExecutionTrigger trigger) => trigger switch
    {
        ExecutionEnded { Kept: { } kept } => new() { Kept = kept },
        StartExecution { Starter: { } starter } start => new() { Starter = starter, Silo = start.Silo },
        BackoffElapsed { Starter: { } starter } start => new() { Starter = starter, Silo = start.Silo },
        _ => null,
    };

    /// <summary>What a round cost is part of a reply's end, and a note only before that.</summary>
    private static EntryNote? NoteOf(MessageTrigger trigger) => trigger switch
    {
        ReplyAsksForTools { Usage: null, Provided: null } => null,
        ReplyAsksForTools asks => new() { Usage = asks.Usage, Provided = asks.Provided },
        ReplyFinished { Provided: { } provided } => new() { Provided = provided },
        _ => null,
    };

    public static bool Batch(SessionTurn turn, string id, BatchTrigger trigger)
    {
        if (!turn.State.Batches.TryGetValue(id, out var batch) || batch.IsFinal) return false;
        switch (trigger.Kind)
        {
            case BatchTriggerKind.Deadline when batch.Ending is { } ending:
                if (turn.Now >= ending.Latest) SessionRules.GiveUp(turn, batch);
                return turn.Now >= ending.Latest;
            case BatchTriggerKind.Deadline when batch.Status != Views.BatchStatus.Executing || turn.Now < batch.Due:
                return false;
            case BatchTriggerKind.Deadline:
                SessionRules.CloseBatch(turn, batch, trigger.Kind, "");
                return true;
            case BatchTriggerKind.MaxPauseElapsed:
                if (!turn.Trigger(batch, trigger).Applied) return false;
                SessionCommands.SuspendAll(turn, batch, new ContinueExecution());
                SessionRules.AfterExecution(turn, id);
                if (batch.MessageId is { } messageId && turn.State.Messages.GetValueOrDefault(messageId) is { Paused: true } held) turn.Trigger(held, new ResumeReply(trigger.By));
                return true;
            default:
                return turn.Trigger(batch, trigger).Applied;
        }
    }

    public bool Message(SessionTurn turn, string id, MessageTrigger trigger)
    {
        if (!turn.State.Messages.TryGetValue(id, out var reply)) return false;
        if (!turn.Trigger(reply, trigger, NoteOf(trigger)).Applied) return false;
        if (trigger is ReplyAsksForTools asks && turn.State.Messages[id].Status == MessageStatus.PausedForTools) Begin(turn, id, asks);
        SessionRules.NextReply(turn);
        return true;
    }

    /// <summary>Begins the batch of a reply's calls; of a reply that is held, paused.</summary>
    private void Begin(SessionTurn turn, string id, ReplyAsksForTools asks)
    {
        planner.Begin(turn, id, asks.Calls);
        var reply = turn.State.Messages[id];
        if (reply.Paused && turn.State.OpenBatches.Contains(reply.Batches[^1])) SessionCommands.Pause(turn, turn.State.Batches[reply.Batches[^1]], Runtime);
    }

    /// <summary>Sends the figures of batches that changed since they were last sent.</summary>
    public static void Progress(SessionTurn turn)
    {
        foreach (var id in turn.State.OpenBatches)
        {
            if (turn.State.Batches[id] is { ProgressDue: true } batch) turn.Trigger(batch, new BatchTrigger(BatchTriggerKind.Progress));
        }
    }
}
