using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners;

internal sealed partial class RunnerHost
{
    [LoggerMessage(3021, LogLevel.Warning, "{Count} tools did not end when the runner host stopped.")]
    private static partial void LogStillRunning(ILogger logger, int count);
}
