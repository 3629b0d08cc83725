namespace ToolRuntime.Tools.Processes;

/// <summary>Signals by their Linux numbers.</summary>
internal enum Signal
{
    /// <summary>Only asks whether the process is there.</summary>
    None = 0,
    Kill = 9,
    BrokenPipe = 13,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
