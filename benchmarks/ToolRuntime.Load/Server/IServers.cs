namespace ToolRuntime.Load.Server;

/// <summary>What a scenario drives: one gateway with a silo inside, a cluster on this machine, or gateways that run elsewhere.</summary>
internal interface IServers : IAsyncDisposable
{
    /// <summary>Where clients connect.</summary>
    IReadOnlyList<Uri> Sockets { get; }

    /// <summary>Of all processes together.</summary>
    TimeSpan CpuTime { get; }

    /// <summary>Resident memory of all processes together, bytes.</summary>
    long ResidentBytes { get; }

    string Log { get; }
}
