namespace ToolRuntime.Processes;

/// <summary>Signals by the exit codes that tell of them.</summary>
public static class ExitSignals
{
    /// <summary>The signal that ended a process, as a shell says it: 128 + n for signal n; null for any other code.</summary>
    public static string? NameOf(int exitCode) => (exitCode - 128) switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        25 => "SIGXFSZ",
        _ => null,
    };
}
