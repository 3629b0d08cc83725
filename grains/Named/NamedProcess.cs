using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Runners;

namespace ToolRuntime.Named;

/// <summary>A named process of a session; the fold of its events.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedProcess")]
internal sealed record NamedProcess
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required NamedProcessDefinition Definition { get; init; }
    [Id(2)] public NamedProcessState State { get; init; }

    /// <summary>Whether people want it to run.</summary>
    [Id(3)] public bool Wanted { get; init; }

    /// <summary>The execution of its present or last run; null while it has none, also of one that is about to begin.</summary>
    [Id(4)] public string? Run { get; init; }
    [Id(5)] public int? Pid { get; init; }
    [Id(6)] public DateTimeOffset? StartedAt { get; init; }
    [Id(7)] public int Restarts { get; init; }
    [Id(8)] public int? ExitCode { get; init; }
    [Id(9)] public DateTimeOffset? NextAt { get; init; }
    [Id(10)] public ToolError? Error { get; init; }
    [Id(11)] public ImmutableArray<string>? WaitsFor { get; init; }

    /// <summary>Restarts one after the other, none of whose runs has stayed up.</summary>
    [Id(12)] public int Streak { get; init; }

    /// <summary>On whose account it runs: who started it.</summary>
    [Id(13)] public ExecutionAccount? Account { get; init; }

    /// <summary>When it was told to stop.</summary>
    [Id(14)] public DateTimeOffset? StoppingAt { get; init; }

    /// <summary>Whether there is a run that has not ended.</summary>
    public bool IsUp => State is NamedProcessState.Starting or NamedProcessState.Running or NamedProcessState.Ready or NamedProcessState.Stopping;

    /// <summary>Whether nothing is going to happen to it by itself.</summary>
    public bool IsAtRest => State is NamedProcessState.Stopped or NamedProcessState.Completed or NamedProcessState.Failed;

    public ProcessChanged ToEvent(string? by) =>
        new(Name, State, Wanted ? NamedDesired.Running : NamedDesired.Stopped, Restarts, Run, Pid, StartedAt, ExitCode, NextAt, Error, WaitsFor, by);

    public NamedProcess After(ProcessChanged e, NamedNote? note) => this with
    {
        State = e.State,
        Wanted = e.Desired == NamedDesired.Running,
        Run = e.Run,
        Pid = e.Pid,
        StartedAt = e.StartedAt,
        Restarts = e.Restarts,
        ExitCode = e.ExitCode,
        NextAt = e.NextRestartAt,
        Error = e.Error,
        WaitsFor = e.WaitsFor,
        Streak = note?.Streak ?? 0,
        Account = note?.Account,
        StoppingAt = e.State != NamedProcessState.Stopping ? null : State == NamedProcessState.Stopping ? StoppingAt : e.At,
    };

    public NamedProcessView ToView() =>
        new(Name, Definition, State, Wanted ? NamedDesired.Running : NamedDesired.Stopped, Restarts, Run, Pid, StartedAt, ExitCode, NextAt, Error, WaitsFor);
}

/// <summary>With <c>process.changed</c>: what only the session needs.</summary>
internal sealed record NamedNote(int Streak, ExecutionAccount? Account);
