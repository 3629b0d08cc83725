using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Processes;

internal sealed partial class ProcessWatchdog
{
    [LoggerMessage(5101, LogLevel.Debug, "Watchdog {ProcessId} guards this silo's processes.")]
    private partial void LogStarted(int processId);

    [LoggerMessage(5102, LogLevel.Warning, "Watchdog {ProcessId} died and is started again.")]
    private partial void LogDied(int processId);

    [LoggerMessage(5103, LogLevel.Error, "No watchdog can be started; tools that need a process fail.")]
    private partial void LogUnavailable(Exception exception);
}
