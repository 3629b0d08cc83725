using ToolRuntime.Events;
using ToolRuntime.Named;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Processes.History;

/// <summary>What a session's events say of processes: that an execution with processes has ended, that another attempt follows, that a named process is run again.</summary>
internal static class ProcessMoves
{
    /// <summary>Whether an event can say so.</summary>
    public static bool May(SessionEvent happened) => happened is ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled or ToolRetried or ProcessChanged;

    /// <summary>What a decision has moved, in order.</summary>
    public static IEnumerable<ProcessMove> Of(SessionKey session, SessionTurn turn)
    {
        var named = turn.Before.Processes.ToDictionary(process => process.Name, process => (process.State, process.Restarts, process.Run), StringComparer.Ordinal);
        foreach (var (happened, _) in turn.Entries)
        {
            if (happened is ProcessChanged changed)
            {
                var before = named.GetValueOrDefault(changed.Name);
                named[changed.Name] = (changed.State, changed.Restarts, changed.Run);
                if (Restart(session, changed, before) is { } restart) yield return restart;
            }
            else if (happened.ExecutionId is { } id && turn.Before.Execution(id) is { Status: ExecutionStatus.Executing, Plan.StartsProcess: true } execution)
            {
                var process = turn.Before.Processes.FirstOrDefault(process => process.Run == id)?.Name;
                if (End(happened, execution, new(session.Session, id), process) is { } end) yield return end;
            }
        }
    }

    private static ProcessMove? End(SessionEvent happened, ExecutionState execution, ExecutionName name, string? process)
    {
        return happened switch
        {
            ToolCompleted e => e.Metrics.Cached == true ? null : Ended("completed", null, e.Result),
            ToolFailed e => Ended("failed", e.Error),
            ToolTimedOut e => Ended("timed_out", e.Error),
            ToolCancelled e => Ended("cancelled", e.Error),
            ToolRetried { Tool: null } e => Move(ProcessMoveKind.Retried, null, e.Error, null, execution.Attempt + 1),
            ToolRetried e => Ended("failed", e.Error), // handed on to another tool
            _ => null,
        };

        ProcessMove Ended(string outcome, ToolError? error, JsonText? result = null) => Move(ProcessMoveKind.Exited, outcome, error, result);

        ProcessMove Move(ProcessMoveKind kind, string? outcome, ToolError? error, JsonText? result, int number = 0) =>
            new(happened.At, kind, name, execution.Runs, process, outcome, NamedRuns.ExitCodeOf(result, error), error?.Code, number, execution.MessageId);
    }

    private static ProcessMove? Restart(SessionKey session, ProcessChanged now, (NamedProcessState State, int Restarts, string? Run) before)
    {
        var again = now.Restarts > before.Restarts || (now.State == NamedProcessState.Starting && before.State == NamedProcessState.Stopping);
        if (!again || before.Run is not { } run) return null;
        return new(now.At, ProcessMoveKind.Restarted, new(session.Session, run), NamedRunContract.Tool, now.Name, null, now.ExitCode, now.Error?.Code, now.Restarts);
    }
}
