using System.Collections.Immutable;

namespace ToolRuntime.Tools;

/// <summary>What a tool is, to models, clients and the runtime.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolDescriptor")]
public sealed record ToolDescriptor
{
    /// <summary>Unique name, <c>[A-Za-z0-9][A-Za-z0-9._-]{0,63}</c>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>One or two sentences for a model.</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>JSON Schema (2020-12 subset) of the arguments; an object without <c>default</c>.</summary>
    [Id(2)] public required JsonText Parameters { get; init; }

    /// <summary>Time-out of one attempt, milliseconds; null takes <c>TOOL_EXECUTION_DEFAULT_TIMEOUT</c> (60 s).</summary>
    [Id(3)] public int? TimeoutMs { get; init; }

    /// <summary>Whether running an interrupted attempt again is safe.</summary>
    [Id(4)] public Idempotency Idempotency { get; init; }

    /// <summary>Whether a person must approve each call.</summary>
    [Id(5)] public bool NeedsApproval { get; init; }

    /// <summary>
    /// How long a success may be reused for equal arguments within a tenant, seconds; 0 means never. Only for a tool without effects whose result
    /// depends on nothing but its arguments: a reused result comes without the output that was streamed.
    /// </summary>
    [Id(6)] public int CacheSeconds { get; init; }

    /// <summary>Expected run time, milliseconds; feeds the ETA.</summary>
    [Id(7)] public int EstimatedMs { get; init; } = 1_000;

    /// <summary>Whether it starts a process, which counts against the silo's cap.</summary>
    [Id(8)] public bool StartsProcess { get; init; }

    /// <summary>Whether clients may type into a running attempt (<see cref="IToolContext.ReadInputAsync"/>).</summary>
    [Id(9)] public ToolInput Input { get; init; }

    /// <summary>The longest time-out of an attempt that a call may ask for, milliseconds; null means no bound of the tool's own.</summary>
    [Id(10)] public int? MaxTimeoutMs { get; init; }

    /// <summary>The argument, milliseconds, by which a call may ask for its attempts' time-out just as by its own <c>timeoutMs</c>; null if there is none.</summary>
    [Id(11)] public string? TimeoutArgument { get; init; }

    /// <summary>What all attempts of a call may take together, the waits between them included and pauses not, milliseconds; null means no such bound. A longer time-out that a call asks for counts instead.</summary>
    [Id(12)] public int? TotalTimeoutMs { get; init; }

    /// <summary>Why no model is offered the tool, which clients may run nevertheless; null where models are offered it. The tool says so, or the catalog.</summary>
    [Id(13)] public string? NotForModels { get; init; }

    /// <summary>What the processes of an attempt are held together by; null for a tool that starts none, or none of its own.</summary>
    [Id(14)] public Containment? Containment { get; init; }

    /// <summary>What the processes of an attempt may see and take; null as above.</summary>
    [Id(15)] public ToolIsolation? Isolation { get; init; }

    /// <summary>Where it works: <c>local</c>, on the silo's host, or <c>daytona</c>; null for a tool that needs no workspace.</summary>
    [Id(16)] public string? Sandbox { get; init; }

    /// <summary>The terminals that its calls may have; null: none.</summary>
    [Id(17)] public ToolTerminal? Terminal { get; init; }

    /// <summary>
    /// Whether its attempts are open until people end them or a limit of the tool's own is met: <see cref="TimeoutMs"/> is the longest, its batch waits for that, and a
    /// silo that stops does not.
    /// </summary>
    [Id(18)] public bool Endless { get; init; }

    /// <summary>How many of the newest bytes of each of an attempt's output streams are kept; null: the first and the last of them, as the settings of batches say.</summary>
    [Id(20)] public long? KeptBytes { get; init; }

    /// <summary>A scope that a caller's key must have besides those that every tool needs, <c>host:processes</c>; models may not call such a tool, and none falls back to it. Null: none.</summary>
    [Id(19)] public string? Scope { get; init; }
}

/// <summary>What holds the processes of an attempt.</summary>
/// <param name="WorkspaceOnly">Whether they see only the system's programs and their workspace, and no other process.</param>
/// <param name="Network">Whether they reach the network.</param>
/// <param name="OwnUser">Whether they run as a user of their session's own.</param>
/// <param name="MemoryBytes">The memory that all of them may take; null where nothing limits it.</param>
/// <param name="Processes">How many there may be at a time.</param>
/// <param name="Processors">How many processors they may use.</param>
/// <param name="WorkspaceBytes">What the workspace may hold.</param>
/// <param name="Missing">What the settings ask for and the host does not allow, with the reason, for a person.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolIsolation")]
public sealed record ToolIsolation(
    bool WorkspaceOnly,
    bool Network,
    bool OwnUser,
    long? MemoryBytes,
    int? Processes,
    double? Processors,
    long? WorkspaceBytes,
    ImmutableArray<string> Missing);

/// <summary>What ends with an attempt.</summary>
[GenerateSerializer, Alias("toolruntime.Containment")]
public enum Containment
{
    /// <summary>Its process group, and what carries its mark in its environment: a process that leaves both is not found.</summary>
    ProcessGroup,

    /// <summary>All that it has started, whatever that did.</summary>
    ControlGroup,
}

/// <summary>Whether an execution takes input.</summary>
[GenerateSerializer, Alias("toolruntime.ToolInput")]
public enum ToolInput
{
    /// <summary>Never; its input is at its end from the start.</summary>
    No,

    /// <summary>Always.</summary>
    Yes,

    /// <summary>If the arguments say <c>"input": true</c>.</summary>
    WhenArgumentsSay,
}

/// <summary>Whether an attempt may be repeated when nobody knows how far it came.</summary>
[GenerateSerializer, Alias("toolruntime.Idempotency")]
public enum Idempotency
{
    /// <summary>Never; an interrupted attempt fails.</summary>
    No,

    /// <summary>Always.</summary>
    Yes,

    /// <summary>If the arguments say <c>"idempotent": true</c>.</summary>
    WhenArgumentsSay,
}
