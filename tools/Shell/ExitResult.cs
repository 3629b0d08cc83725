namespace ToolRuntime.Tools.Shell;

/// <summary>What an exit code says.</summary>
internal static class ExitResult
{
    // A shell says 128 + n for signal n.
    private static readonly Dictionary<int, string> Signals = new()
    {
        [129] = "SIGHUP", [130] = "SIGINT", [131] = "SIGQUIT", [132] = "SIGILL", [134] = "SIGABRT", [135] = "SIGBUS", [136] = "SIGFPE",
        [137] = "SIGKILL", [139] = "SIGSEGV", [141] = "SIGPIPE", [142] = "SIGALRM", [143] = "SIGTERM",
    };

    public static ToolResult For(int exitCode)
    {
        var signal = Signals.GetValueOrDefault(exitCode);
        var result = JsonText.Object(json =>
        {
            json.WriteNumber("exitCode", exitCode);
            if (signal is not null) json.WriteString("signal", signal);
        });
        return exitCode == 0
            ? ToolResult.Success(result, "exit 0")
            : ToolResult.Failure(new("exit_code", signal is null ? $"The command ended with exit code {exitCode}." : $"The command ended with exit code {exitCode} ({signal})."), result);
    }
}
