using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Named;

/// <summary>
/// A session's named processes, decided on what it holds of them and of their runs. What follows from other decisions is settled with them, in the same append: so what a run's
/// end means is decided once, and no second run can begin before it.
/// </summary>
/// <param name="planner">Makes batches of calls.</param>
/// <param name="lease">How long, in a cluster, processes of a silo that hangs may go on after it is known to be gone.</param>
internal sealed class SessionProcesses(BatchPlanner planner, TimeSpan lease)
{
    /// <summary>Whether the command is about a named process.</summary>
    public static bool IsAbout(SessionCommand command) => command is PutProcess or StartProcess or StopProcess or RestartProcess or RemoveProcess;

    /// <summary>Why it can't be done; null where it was.</summary>
    public Rejection? Apply(SessionTurn turn, SessionCommand command, string subject)
    {
        if (command is PutProcess put) return Put(turn, put, subject);
        var name = command switch
        {
            StartProcess c => c.Name,
            StopProcess c => c.Name,
            RestartProcess c => c.Name,
            _ => ((RemoveProcess)command).Name,
        };
        if (turn.State.Process(name) is not { } process) return new(ErrorCode.NotFound, "There is no such process.");
        switch (command)
        {
            case RemoveProcess:
                return Remove(turn, process, subject);
            case StopProcess:
                Trigger(turn, name, new(NamedTriggerKind.Stop), subject);
                break;
            default:
                Start(turn, name, command is StartProcess ? NamedTriggerKind.Start : NamedTriggerKind.Restart, subject);
                break;
        }

        Settle(turn);
        return null;
    }

    /// <summary>What follows for processes from what has been decided so far; nothing does where nothing concerns them.</summary>
    public void Settle(SessionTurn turn)
    {
        for (var before = -1; before != turn.Entries.Count;)
        {
            before = turn.Entries.Count;
            foreach (var process in turn.State.Processes) Step(turn, process.Name);
        }
    }

    private Rejection? Put(SessionTurn turn, PutProcess command, string subject)
    {
        if (NamedRules.Check(command.Name, command.Process, turn.State.Processes) is { } refused) return refused;
        turn.Emit(new ProcessDefined(command.Name, command.Process, subject));
        if (command.Start == true) Start(turn, command.Name, NamedTriggerKind.Start, subject);
        Settle(turn);
        return null;
    }

    private static Rejection? Remove(SessionTurn turn, NamedProcess process, string subject)
    {
        if (!process.IsAtRest) return new(ErrorCode.Conflict, "The process has not ended: stop it first.");
        if (turn.State.Processes.FirstOrDefault(other => other.Definition.DependsOn?.Any(dependency => dependency.Name == process.Name) == true) is { } dependent)
        {
            return new(ErrorCode.Conflict, $"The process '{dependent.Name}' depends on it.");
        }

        turn.Emit(new ProcessRemoved(process.Name, subject));
        return null;
    }

    /// <summary>What it depends on, and is not so far, is started first; dependencies don't go round.</summary>
    private static void Start(SessionTurn turn, string name, NamedTriggerKind kind, string subject)
    {
        var process = turn.State.Process(name)!;
        if (process.IsAtRest)
        {
            foreach (var dependency in process.Definition.DependsOn ?? [])
            {
                if (turn.State.Process(dependency.Name) is { IsAtRest: true } needed && !NamedRules.IsMet(dependency, needed)) Start(turn, needed.Name, NamedTriggerKind.Start, subject);
            }
        }

        Trigger(turn, name, new(kind) { Account = turn.Account }, subject);
    }

    /// <summary>One process as far as it goes now.</summary>
    private void Step(SessionTurn turn, string name)
    {
        if (turn.State.Process(name) is not { } process) return;
        switch (process)
        {
            case { State: NamedProcessState.Waiting }:
                Trigger(turn, name, new(NamedTriggerKind.DependenciesMoved));
                break;
            case { State: NamedProcessState.Starting, Run: null }:
                Trigger(turn, name, Ask(turn, process));
                break;
            case { IsUp: true, Run: { } run }:
                Follow(turn, process, turn.State.Execution(run));
                break;
        }
    }

    private NamedTrigger Ask(SessionTurn turn, NamedProcess process)
    {
        var command = new RunTools([NamedRuns.CallOf(process)]);
        if (planner.Check(command) is { } refused)
        {
            var code = refused.Code == ErrorCode.InvalidArguments ? ToolErrorCodes.InvalidArguments : ToolErrorCodes.UnknownTool;
            return new(NamedTriggerKind.Refused) { Error = new(code, refused.Message) };
        }

        return new(NamedTriggerKind.Begun) { Run = planner.Begin(turn, command, account: process.Account).Executions[0] };
    }

    private void Follow(SessionTurn turn, NamedProcess process, ExecutionState? execution)
    {
        // What has not begun has nothing that could end by itself.
        if (process.State == NamedProcessState.Stopping && execution is { Status: ExecutionStatus.Pending or ExecutionStatus.AwaitingApproval or ExecutionStatus.Backoff }) Cancel(turn, execution);
        else if (NamedRuns.TriggerOf(execution, lease) is { } trigger)
        {
            if (process.State == NamedProcessState.Starting && trigger.Kind == NamedTriggerKind.BecameReady) Trigger(turn, process.Name, trigger with { Kind = NamedTriggerKind.Started });
            Trigger(turn, process.Name, trigger);
        }
    }

    /// <summary>Ends a run whose grace is over, as any execution is ended.</summary>
    public static void Cancel(SessionTurn turn, ExecutionState execution)
    {
        if (execution.Ending is not null || execution.IsFinal) return;
        turn.Trigger(execution, new CancelExecution("Its process was stopped."));
        SessionRules.AfterExecution(turn, execution.BatchId);
    }

    /// <summary>Decides, and emits what that changes.</summary>
    public static void Trigger(SessionTurn turn, string name, NamedTrigger trigger, string? by = null)
    {
        var process = turn.State.Process(name)!;
        var next = NamedMachine.Decide(process, trigger, new(turn.Now, turn.Dice, NamedRules.Unmet(process, turn.State.Processes)));
        if (!ReferenceEquals(next, process)) turn.Emit(next.ToEvent(by), new EntryNote { Process = new(next.Streak, next.Account) });
    }
}
