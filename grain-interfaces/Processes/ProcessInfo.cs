using System.Collections.Immutable;

namespace ToolRuntime.Processes;

/// <summary>What a process of a tool belongs to.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Session">The session.</param>
/// <param name="ExecutionId">The execution whose attempt started it.</param>
/// <param name="Tool">That one's tool.</param>
/// <param name="CallId">The call's id in its batch.</param>
/// <param name="MessageId">The reply that asked for the call; null where a person did.</param>
/// <param name="Named">The session's named process that it is a run of; null for any other.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessOwner")]
public sealed record ProcessOwner(
    string Tenant,
    string Session,
    string ExecutionId,
    string Tool,
    string? CallId = null,
    string? MessageId = null,
    string? Named = null);

/// <summary>One process as it was found. What is null could not be known: it is another user's, or too young.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessInfo")]
public sealed record ProcessInfo
{
    /// <summary>Its process id on its host.</summary>
    [Id(0)] public required int Pid { get; init; }

    /// <summary>When it started, in hundredths of a second since the host's; together with <see cref="Pid"/> it is this process and no other.</summary>
    [Id(1)] public required long Start { get; init; }

    /// <summary>Its parent's process id.</summary>
    [Id(2)] public int Parent { get; init; }

    /// <summary>The short name that the kernel has for it.</summary>
    [Id(3)] public string Name { get; init; } = "";

    /// <summary>Its arguments by spaces, without secrets, shortened; empty for one that has none.</summary>
    [Id(4)] public string Command { get; init; } = "";

    /// <summary>Whose it is: the user's name, else the number.</summary>
    [Id(5)] public string User { get; init; } = "";

    /// <summary>When it started.</summary>
    [Id(6)] public DateTimeOffset StartedAt { get; init; }

    /// <summary>What it does.</summary>
    [Id(7)] public ProcessActivity State { get; init; }

    /// <summary>Its share of one processor since the sample before, percent.</summary>
    [Id(8)] public double? CpuPercent { get; init; }

    /// <summary>Processor time so far, milliseconds.</summary>
    [Id(9)] public long CpuMs { get; init; }

    /// <summary>Resident memory.</summary>
    [Id(10)] public long MemoryBytes { get; init; }

    /// <summary>Its threads.</summary>
    [Id(11)] public int Threads { get; init; }

    /// <summary>Files, pipes and sockets that it has open.</summary>
    [Id(12)] public int? OpenFiles { get; init; }

    /// <summary>Bytes that it has read, from whatever.</summary>
    [Id(13)] public long? ReadBytes { get; init; }

    /// <summary>Bytes that it has written, to whatever.</summary>
    [Id(14)] public long? WrittenBytes { get; init; }

    /// <summary>Whether it waits for its standard input.</summary>
    [Id(15)] public bool? WaitsForInput { get; init; }

    /// <summary>TCP ports that it listens on, in the host's network.</summary>
    [Id(16)] public ImmutableArray<int> Ports { get; init; } = [];

    /// <summary>The attempt that started it; null for one that no tool of this silo did.</summary>
    [Id(17)] public ProcessOwner? Owner { get; init; }

    /// <summary>Whether it is the silo itself.</summary>
    [Id(18)] public bool IsServer { get; init; }
}

/// <summary>What a process does.</summary>
[GenerateSerializer, Alias("toolruntime.ProcessActivity")]
public enum ProcessActivity
{
    /// <summary>Runs, or could.</summary>
    Running,

    /// <summary>Waits for something.</summary>
    Sleeping,

    /// <summary>Waits for a device, and can't be interrupted.</summary>
    DiskWait,

    /// <summary>Was stopped.</summary>
    Stopped,

    /// <summary>A debugger holds it.</summary>
    Traced,

    /// <summary>Has ended, and nobody has asked how.</summary>
    Zombie,
}
