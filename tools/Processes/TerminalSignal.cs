namespace ToolRuntime.Tools.Processes;

/// <summary>Signals by the names that <see cref="TerminalSignals"/> has.</summary>
internal static class TerminalSignal
{
    public static Signal Of(string name) => name switch
    {
        "SIGHUP" => Signal.Hangup,
        "SIGINT" => Signal.Interrupt,
        "SIGQUIT" => Signal.Quit,
        "SIGKILL" => Signal.Kill,
        "SIGUSR1" => Signal.User1,
        "SIGUSR2" => Signal.User2,
        "SIGTERM" => Signal.Terminate,
        "SIGCONT" => Signal.Continue,
        "SIGSTOP" => Signal.Stop,
        "SIGTSTP" => Signal.TerminalStop,
        "SIGWINCH" => Signal.WindowChange,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such signal."),
    };
}
