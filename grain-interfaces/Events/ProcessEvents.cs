using System.Collections.Immutable;
using ToolRuntime.Named;

namespace ToolRuntime.Events;

/// <summary>A named process is what <paramref name="Process"/> says from its next run on; where there is none of the name, there is one now, stopped.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessDefined")]
public sealed record ProcessDefined(string Name, NamedProcessDefinition Process, string By) : SessionEvent;

/// <summary>How a named process stands, all of it; the fields are those of <see cref="NamedProcessView"/>. <paramref name="By"/>: who wanted it, where somebody did.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessChanged")]
public sealed record ProcessChanged(
    string Name,
    NamedProcessState State,
    NamedDesired Desired,
    int Restarts = 0,
    string? Run = null,
    int? Pid = null,
    DateTimeOffset? StartedAt = null,
    int? ExitCode = null,
    DateTimeOffset? NextRestartAt = null,
    ToolError? Error = null,
    ImmutableArray<string>? WaitsFor = null,
    string? By = null) : SessionEvent;

/// <summary>A named process is none any more.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessRemoved")]
public sealed record ProcessRemoved(string Name, string By) : SessionEvent;
