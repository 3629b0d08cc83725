using System.Collections.Immutable;
using ToolRuntime.Machines;
using static ToolRuntime.Named.NamedProcessState;
using static ToolRuntime.Named.NamedTriggerKind;

namespace ToolRuntime.Named;

/// <summary>
/// The machine of one named process. Pure: no clock, no dice, no I/O. A process that is <see cref="Starting"/> without a run is to be given one. There is never a second run
/// before the first has ended.
/// </summary>
internal static class NamedMachine
{
    public const int MaxRestarts = 10;
    public const int BackoffMs = 1_000;
    public const int MaxBackoffMs = 60_000;
    public const int ResetAfterMs = 60_000;

    /// <summary>Failures that another run would not change.</summary>
    private static readonly ImmutableHashSet<string> Lasting =
        [ToolErrorCodes.Denied, ToolErrorCodes.InvalidArguments, ToolErrorCodes.UnknownTool, "quota_exceeded", "command_denied", "environment_denied", "readiness_unavailable", "terminal_unavailable"];

    /// <summary>Every legal pair; anything else changes nothing.</summary>
    internal static readonly TransitionTable<NamedProcessState, NamedTriggerKind> Table = new()
    {
        { Stopped, Start, Waiting, Starting },
        { Stopped, Stop, Stopped },
        { Stopped, Restart, Waiting, Starting },
        { Completed, Start, Waiting, Starting },
        { Completed, Stop, Completed },
        { Completed, Restart, Waiting, Starting },
        { Failed, Start, Waiting, Starting },
        { Failed, Stop, Failed },
        { Failed, Restart, Waiting, Starting },
        { Waiting, Start, Waiting },
        { Waiting, Stop, Stopped },
        { Waiting, Restart, Waiting },
        { Waiting, DependenciesMoved, Waiting, Starting },
        { Starting, Start, Starting },
        { Starting, Stop, Stopping, Stopped },
        { Starting, Restart, Stopping, Starting },
        { Starting, Refused, Failed },
        { Starting, Begun, Starting },
        { Starting, Started, Running },
        { Starting, Ended, Starting, Stopped, Backoff, Completed, Failed },
        { Running, Start, Running },
        { Running, Stop, Stopping },
        { Running, Restart, Stopping },
        { Running, Started, Running },
        { Running, BecameReady, Ready },
        { Running, Ended, Starting, Stopped, Backoff, Completed, Failed },
        { Ready, Start, Ready },
        { Ready, Stop, Stopping },
        { Ready, Restart, Stopping },
        { Ready, Ended, Starting, Stopped, Backoff, Completed, Failed },
        { Stopping, Start, Stopping },
        { Stopping, Stop, Stopping },
        { Stopping, Restart, Stopping },
        { Stopping, Ended, Starting, Stopped },
        { Backoff, Start, Starting },
        { Backoff, Stop, Stopped },
        { Backoff, Restart, Starting },
        { Backoff, NamedTriggerKind.BackoffElapsed, Backoff, Starting },
    };

    /// <summary>The process after the trigger; the same object where nothing changes.</summary>
    public static NamedProcess Decide(NamedProcess process, NamedTrigger trigger, NamedSurroundings around)
    {
        if (!Table.Allows(process.State, trigger.Kind)) return process;
        return trigger.Kind switch
        {
            Start or Restart when process.IsAtRest => Begin(process, trigger, around),
            Start when process.State == Stopping => process.Wanted ? process : process with { Wanted = true },
            Start or Restart when process.State == Backoff => Again(process with { Restarts = 0, Streak = 0 }),
            Start => process,
            Restart when process.State == Waiting || IsAsked(process) => process,
            Restart => process is { State: Stopping, Wanted: true } ? process : process with { State = Stopping, Wanted = true },
            Stop => Halt(process),
            DependenciesMoved => Wait(process, around),
            Refused => Fail(process, trigger.Error),
            Begun => process with { Run = trigger.Run },
            Started => process.State == Running && (trigger.Pid is null || trigger.Pid == process.Pid) ? process
                : process with { State = Running, Pid = trigger.Pid, StartedAt = process.StartedAt ?? around.Now },
            BecameReady => process with { State = Ready, Pid = trigger.Pid ?? process.Pid },
            Ended => End(process with { Pid = null, ExitCode = trigger.End!.ExitCode, Error = trigger.End.Error }, trigger.End, around),
            NamedTriggerKind.BackoffElapsed => around.Now < process.NextAt ? process : Again(process),
            _ => throw new InvalidOperationException($"{trigger.Kind} has no rule."),
        };
    }

    /// <summary>The longest wait before a restart that so many others came before.</summary>
    public static TimeSpan LongestWait(NamedRestart? restart, int streak)
    {
        var (first, longest) = (restart?.BackoffMs ?? BackoffMs, restart?.MaxBackoffMs ?? MaxBackoffMs);
        return TimeSpan.FromMilliseconds(Math.Min(longest, first * Math.Pow(2, Math.Min(streak, 40))));
    }

    /// <summary>Whether a run has been decided on in this very turn, and not yet asked for.</summary>
    private static bool IsAsked(NamedProcess process) => process is { State: Starting, Run: null };

    private static NamedProcess Begin(NamedProcess process, NamedTrigger trigger, NamedSurroundings around) => Wait(
        process with { Wanted = true, Restarts = 0, Streak = 0, ExitCode = null, Error = null, Run = null, StartedAt = null, Account = trigger.Account ?? process.Account }, around);

    private static NamedProcess Wait(NamedProcess process, NamedSurroundings around)
    {
        if (around.Unmet.IsEmpty) return Again(process);
        return process is { State: Waiting, WaitsFor: { } known } && known.SequenceEqual(around.Unmet) ? process : process with { State = Waiting, WaitsFor = around.Unmet };
    }

    private static NamedProcess Again(NamedProcess process) =>
        process with { State = Starting, Wanted = true, Run = null, StartedAt = null, NextAt = null, WaitsFor = null };

    private static NamedProcess Halt(NamedProcess process) => process switch
    {
        { IsAtRest: true } => process,
        { State: Stopping } => process.Wanted ? process with { Wanted = false } : process,
        { IsUp: true, Run: not null } => process with { State = Stopping, Wanted = false },
        _ => Rest(process, Stopped),
    };

    private static NamedProcess Rest(NamedProcess process, NamedProcessState state) => process with { State = state, Wanted = false, NextAt = null, WaitsFor = null, Pid = null };

    private static NamedProcess Fail(NamedProcess process, ToolError? error) => Rest(process, Failed) with { Error = error };

    private static NamedProcess End(NamedProcess process, NamedEnd end, NamedSurroundings around)
    {
        if (process.State == Stopping) return process.Wanted ? After(process with { Restarts = 0, Streak = 0, Error = null }, end, around) : Rest(process, Stopped) with { Error = null };
        if (end.Cancelled) return Rest(process, Stopped) with { Error = null };
        var restart = process.Definition.Restart;
        var policy = restart?.Policy ?? NamedRestartPolicy.Never;
        if (end.LostFor is not null) return policy == NamedRestartPolicy.Never ? Fail(process, end.Error) : After(process with { Restarts = process.Restarts + 1 }, end, around);
        if (end.Error is null && policy != NamedRestartPolicy.Always) return Rest(process, Completed);
        if (policy == NamedRestartPolicy.Never || Lasting.Contains(end.Error?.Code ?? "")) return Fail(process, end.Error);

        var stayed = process.StartedAt is { } since && around.Now - since >= TimeSpan.FromMilliseconds(restart!.ResetAfterMs ?? ResetAfterMs);
        var streak = stayed ? 0 : process.Streak;
        var most = restart!.MaxRestarts ?? MaxRestarts;
        if (streak >= most) return Fail(process, new("restarts_exhausted", $"It has ended again after {most} restarts{(end.Error is { } last ? $": {last.Message}" : ".")}"));
        return process with { State = Backoff, Restarts = process.Restarts + 1, Streak = streak + 1, NextAt = around.Now + (LongestWait(restart, streak) * around.Dice) };
    }

    /// <summary>At once, unless something of the run before may still be there.</summary>
    private static NamedProcess After(NamedProcess process, NamedEnd end, NamedSurroundings around) =>
        end.LostFor > TimeSpan.Zero ? process with { State = Backoff, Wanted = true, NextAt = around.Now + end.LostFor } : Again(process);
}
