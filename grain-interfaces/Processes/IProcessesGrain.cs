namespace ToolRuntime.Processes;

/// <summary>Asks the silos for processes. Has no state; whoever asks has checked what the caller may see.</summary>
[Alias("toolruntime.IProcessesGrain")]
public interface IProcessesGrain : IGrainWithStringKey
{
    /// <summary>What they know now. One that does not answer in time is counted.</summary>
    [Alias("List")]
    Task<ProcessAnswers> ListAsync(ProcessQuery query);

    /// <summary>The process, if it is there and what the query asks for.</summary>
    [Alias("Find")]
    Task<ProcessInfo?> FindAsync(ProcessId process, ProcessQuery query);

    /// <summary>Sends a signal, by a name of <see cref="ToolRuntime.Tools.TerminalSignals"/>, to the process or to none; says why not.</summary>
    [Alias("Signal")]
    Task<Rejection?> SignalAsync(ProcessId process, string signal, ProcessQuery query);

    /// <summary>What the silos remember of a tenant's processes from a time on, seconds since 1970, up to another.</summary>
    [Alias("ListUse")]
    Task<UseAnswers> ListUseAsync(string tenant, long from, long to);

    /// <summary>The same as curves.</summary>
    [Alias("ReadUse")]
    Task<CurveAnswers> ReadUseAsync(UseQuery query);

    /// <summary>Has the silos forget what they remember of a session that is gone. One that does not answer forgets it within a day.</summary>
    [Alias("ForgetUse")]
    Task ForgetUseAsync(SessionKey session);
}
