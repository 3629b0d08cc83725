namespace ToolRuntime.Tools.Shell;

/// <summary>What an exit code says.</summary>
internal static class ExitResult
{
    public static ToolResult For(int exitCode)
    {
        var signal = SignalOf(exitCode);
        var result = JsonText.Object(json =>
        {
            json.WriteNumber("exitCode", exitCode);
            if (signal is not null) json.WriteString("signal", signal);
        });
        if (exitCode == 0) return ToolResult.Success(result, "exit 0");
        var name = signal is null ? "" : $" ({signal})";
        return ToolResult.Failure(new("exit_code", $"The command ended with exit code {exitCode}{name}."), result);
    }

    // A shell says 128 + n for signal n.
    private static string? SignalOf(int exitCode) => (exitCode - 128) switch
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
        _ => null,
    };
}
