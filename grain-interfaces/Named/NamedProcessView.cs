using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ToolRuntime.Named;

/// <summary>A named process as views show it.</summary>
/// <param name="Name">Unique in the session.</param>
/// <param name="Process">What it is.</param>
/// <param name="State">How it stands.</param>
/// <param name="Desired">What people want of it.</param>
/// <param name="Restarts">How often it was run again since it was last started by somebody.</param>
/// <param name="Run">The execution of its present run, or of the last one.</param>
/// <param name="Pid">The process's id on its host, while it runs.</param>
/// <param name="StartedAt">When the present run began.</param>
/// <param name="ExitCode">The exit code of the last run that ended.</param>
/// <param name="NextRestartAt">When it is run again.</param>
/// <param name="Error">Why the last run failed, or why it is not run again.</param>
/// <param name="WaitsFor">The processes that it waits for.</param>
public sealed record NamedProcessView(
    string Name,
    NamedProcessDefinition Process,
    NamedProcessState State,
    NamedDesired Desired,
    int Restarts = 0,
    string? Run = null,
    int? Pid = null,
    DateTimeOffset? StartedAt = null,
    int? ExitCode = null,
    DateTimeOffset? NextRestartAt = null,
    ToolError? Error = null,
    ImmutableArray<string>? WaitsFor = null);

/// <summary>What people want of a process.</summary>
[GenerateSerializer, Alias("toolruntime.NamedDesired")]
[JsonConverter(typeof(WireEnumConverter<NamedDesired>))]
public enum NamedDesired
{
    /// <summary>That it does not run.</summary>
    Stopped,

    /// <summary>That it runs.</summary>
    Running,
}

/// <summary>How a process stands.</summary>
[GenerateSerializer, Alias("toolruntime.NamedProcessState")]
[JsonConverter(typeof(WireEnumConverter<NamedProcessState>))]
public enum NamedProcessState
{
    /// <summary>It does not run: it was stopped, or never started.</summary>
    Stopped,

    /// <summary>It is to run, and waits for what it depends on.</summary>
    Waiting,

    /// <summary>Its run has been asked for and has not begun: it may wait for a slot or for approval.</summary>
    Starting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It runs, and its readiness check has said so.</summary>
    Ready,

    /// <summary>It has been told to stop.</summary>
    Stopping,

    /// <summary>It has ended and is run again soon.</summary>
    Backoff,

    /// <summary>It has ended well and is not run again.</summary>
    Completed,

    /// <summary>It has failed and is not run again.</summary>
    Failed,
}
