using ToolRuntime.Named;

namespace ToolRuntime.Commands;

/// <summary>Defines a named process, or defines it anew from its next run on. Creates a session that does not exist.</summary>
/// <param name="Name">An id, unique in the session; at most 32 processes.</param>
/// <param name="Process">What it is.</param>
/// <param name="Start">True starts it too, as <see cref="StartProcess"/> does.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.PutProcess")]
public sealed record PutProcess(string Name, NamedProcessDefinition Process, bool? Start = null) : SessionCommand;

/// <summary>Starts a named process, and what it depends on, as soon as that allows it. One that runs goes on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.StartProcess")]
public sealed record StartProcess(string Name) : SessionCommand;

/// <summary>Stops a named process for good: its signal, and after its grace SIGKILL. Answered at once; one that does not run stays as it is.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.StopProcess")]
public sealed record StopProcess(string Name) : SessionCommand;

/// <summary>Stops a named process and runs it again, as it is defined now; one that does not run is started.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RestartProcess")]
public sealed record RestartProcess(string Name) : SessionCommand;

/// <summary>Removes a named process that does not run, and that no other depends on; else <c>conflict</c>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RemoveProcess")]
public sealed record RemoveProcess(string Name) : SessionCommand;
