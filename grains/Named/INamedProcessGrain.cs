using Orleans.Concurrency;

namespace ToolRuntime.Named;

/// <summary>Does for a named process what needs time: waits before restarts, and its stop. Key <c>tenant/session/name</c>.</summary>
[Alias("toolruntime.INamedProcessGrain")]
internal interface INamedProcessGrain : IGrainWithStringKey
{
    /// <summary>Look at the process and do what is due. Doing it twice does no harm.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync(NamedProcess process);
}

/// <summary>What the session is told by the clock of a process.</summary>
[GenerateSerializer, Alias("toolruntime.NamedReport")]
internal enum NamedReport
{
    /// <summary>Its wait before a restart may be over.</summary>
    BackoffElapsed,

    /// <summary>It is told again to stop, or given up where its grace is over.</summary>
    Stop,
}
