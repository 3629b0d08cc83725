namespace ToolRuntime.Processes;

/// <summary>The processes of this host, as a silo sees them. Looks only when it is asked.</summary>
public interface IProcessTable
{
    /// <summary>Looks, unless it has just done so, and says what has changed for the asker.</summary>
    /// <param name="silo">This silo's id.</param>
    /// <param name="query">What is asked for.</param>
    SiloProcesses Look(string silo, ProcessQuery query);

    /// <summary>What the processes of attempts take now, by the very owner that they were begun with; looks, unless it has just done so.</summary>
    /// <param name="silo">This silo's id.</param>
    IReadOnlyDictionary<ProcessOwner, ProcessFigures> Measure(string silo);

    /// <summary>Sends a signal to the process or to none; says why not.</summary>
    Rejection? Signal(ProcessId process, string signal, ProcessQuery query);
}
