namespace ToolRuntime.Tools.Processes;

/// <summary>Signals by their Linux numbers.</summary>
internal enum Signal
{
    /// <summary>Only asks whether the process is there.</summary>
    None = 0,
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    BrokenPipe = 13,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
    TerminalStop = 20,
    WindowChange = 28,
}
