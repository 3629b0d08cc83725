using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.ToolExecutions;

/// <summary>The newest turns at an execution's terminal.</summary>
internal static class Turns
{
    private const int Fields = 200;

    /// <summary>What of a report is new: one that comes again has been applied already.</summary>
    public static ImmutableArray<TerminalTurn> Decide(ExecutionState state, ImmutableArray<TerminalTurn> turns) =>
        state.Terminal is null ? [] : [.. turns.Where(turn => IsNew(state.Turns, turn))];

    public static ImmutableList<TerminalTurn> Evolve(ExecutionState state, ToolTurned happened)
    {
        var known = state.Turns ?? [];
        var turn = happened.Turn with { At = happened.At };
        var at = known.FindLastIndex(before => before.Number == turn.Number);
        if (at >= 0) return known.SetItem(at, turn with { At = known[at].At });
        return (known.Count < TerminalTurn.Shown ? known : known.RemoveAt(0)).Add(turn);
    }

    /// <summary>About how much of a view they take.</summary>
    public static int Bytes(ExecutionState execution)
    {
        var bytes = 0;
        foreach (var turn in execution.Turns ?? []) bytes += Fields + (turn.Question?.Length ?? 0) + (turn.Cwd?.Length ?? 0);
        return bytes;
    }

    private static bool IsNew(ImmutableList<TerminalTurn>? known, TerminalTurn turn)
    {
        if (known is null or { Count: 0 }) return true;
        if (known.FindLast(before => before.Number == turn.Number) is { } same) return same with { At = null } != turn && turn.State >= same.State;
        return turn.Number > known[^1].Number || (turn.State == TurnState.Complete && turn.Number < known[0].Number);
    }
}
