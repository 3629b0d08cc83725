using System.Collections.Immutable;
using ToolRuntime.Runners;

namespace ToolRuntime.Named;

/// <summary>What can happen to a named process.</summary>
internal enum NamedTriggerKind
{
    Start,
    Stop,
    Restart,

    /// <summary>What it depends on is so far, or waits for others now.</summary>
    DependenciesMoved,

    /// <summary>Its run could not be asked for.</summary>
    Refused,

    /// <summary>Its run's execution is there.</summary>
    Begun,

    /// <summary>Its run's attempt runs, as a process whose id is known later.</summary>
    Started,
    BecameReady,

    /// <summary>Nothing of its run is left.</summary>
    Ended,
    BackoffElapsed,
}

/// <summary>A trigger, with what its kind needs.</summary>
internal readonly record struct NamedTrigger(NamedTriggerKind Kind)
{
    public string? Run { get; init; }

    public int? Pid { get; init; }

    public ToolError? Error { get; init; }

    public NamedEnd? End { get; init; }

    public ExecutionAccount? Account { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="ExitCode">The process's, where it got so far.</param>
/// <param name="Error">Why it failed; null: it ended well.</param>
/// <param name="Cancelled">Whether somebody cancelled its execution.</param>
/// <param name="LostFor">How much longer something of it may run although its runner is gone; null: the runner is not gone.</param>
internal sealed record NamedEnd(int? ExitCode, ToolError? Error, bool Cancelled = false, TimeSpan? LostFor = null);

/// <summary>What decisions about a process need besides it.</summary>
/// <param name="Now">The time of the decision.</param>
/// <param name="Dice">0 to 1, for the wait before a restart.</param>
/// <param name="Unmet">The processes that it waits for.</param>
internal readonly record struct NamedSurroundings(DateTimeOffset Now, double Dice, ImmutableArray<string> Unmet);
