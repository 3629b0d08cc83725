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
}
