using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.Tools;

namespace ToolRuntime.Named;

/// <summary>What a named process is: what is run, and what is done when it ends. What is absent has the default that its part says.</summary>
/// <param name="Command">The command line, for the sandbox's shell; 1 to 8,000 characters.</param>
/// <param name="WorkingDirectory">A folder of the workspace; default the workspace itself.</param>
/// <param name="Environment">An object of texts: more environment variables.</param>
/// <param name="Terminal">The terminal that it has instead of pipes; default none.</param>
/// <param name="Restart">Whether it is run again when it has ended; default never.</param>
/// <param name="DependsOn">Other processes of the session, at most 16, that have to be so far before it is started.</param>
/// <param name="Ready">When it counts as ready; default it does as soon as it runs.</param>
/// <param name="Stop">How it is stopped.</param>
/// <param name="IdleMs">How long nothing may be printed or typed before the run is ended; 1,000 to 2,073,600,000 (24 days), default for ever.</param>
/// <param name="TotalMs">How long a run may take; the same range, default 24 days.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedProcessDefinition")]
public sealed record NamedProcessDefinition(
    string Command,
    string? WorkingDirectory = null,
    JsonText? Environment = null,
    TerminalSize? Terminal = null,
    NamedRestart? Restart = null,
    ImmutableArray<NamedDependency>? DependsOn = null,
    NamedReadiness? Ready = null,
    NamedStop? Stop = null,
    int? IdleMs = null,
    int? TotalMs = null);

/// <summary>When a process is run again.</summary>
/// <param name="Policy">After which ends.</param>
/// <param name="MaxRestarts">So many restarts one after the other, without staying up between them; 0 to 1,000, default 10.</param>
/// <param name="BackoffMs">The longest wait before the first restart, doubled for each that follows; the wait itself is anything up to that (full jitter). 10 to 3,600,000, default 1,000.</param>
/// <param name="MaxBackoffMs">The longest wait of all; the same range, default 60,000.</param>
/// <param name="ResetAfterMs">A run that has been up for so long begins the count of restarts and the waits anew; 100 to 86,400,000, default 60,000.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedRestart")]
public sealed record NamedRestart(NamedRestartPolicy Policy, int? MaxRestarts = null, int? BackoffMs = null, int? MaxBackoffMs = null, int? ResetAfterMs = null);

/// <summary>After which ends a process is run again.</summary>
[GenerateSerializer, Alias("toolruntime.NamedRestartPolicy")]
[JsonConverter(typeof(WireEnumConverter<NamedRestartPolicy>))]
public enum NamedRestartPolicy
{
    /// <summary>After none.</summary>
    Never,

    /// <summary>After an exit code other than 0, or any other failure.</summary>
    OnFailure,

    /// <summary>After every end but a stop.</summary>
    Always,
}

/// <summary>Another process that a process needs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Condition">How far it has to be; default started.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedDependency")]
public sealed record NamedDependency(string Name, NamedCondition? Condition = null);

/// <summary>How far a process has to be.</summary>
[GenerateSerializer, Alias("toolruntime.NamedCondition")]
[JsonConverter(typeof(WireEnumConverter<NamedCondition>))]
public enum NamedCondition
{
    /// <summary>It runs, or has completed.</summary>
    Started,

    /// <summary>It is ready.</summary>
    Ready,

    /// <summary>It has ended well.</summary>
    Completed,
}

/// <summary>When a process is ready: when it prints something, or when a port of the server's host answers; one of the two.</summary>
/// <param name="Pattern">A regular expression, at most 500 characters, without look-around and references back: a line of its output that it matches, terminals' sequences left out.</param>
/// <param name="Port">A port of the loopback address that takes a connection; 1 to 65,535.</param>
/// <param name="Path">With a port: an address there, beginning with <c>/</c>, at most 500 characters, that is answered with 2xx or 3xx.</param>
/// <param name="IntervalMs">How often the port is asked; 100 to 60,000, default 1,000.</param>
/// <param name="TimeoutMs">A run that is not ready after so long has failed; 100 to 3,600,000, default 60,000.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedReadiness")]
public sealed record NamedReadiness(string? Pattern = null, int? Port = null, string? Path = null, int? IntervalMs = null, int? TimeoutMs = null);

/// <summary>How a process is stopped.</summary>
/// <param name="Signal">What all of it is sent; SIGTERM (the default), SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2 or SIGKILL.</param>
/// <param name="GraceMs">After so long it is killed; 0 to 600,000, default 10,000.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.NamedStop")]
public sealed record NamedStop(string? Signal = null, int? GraceMs = null);
