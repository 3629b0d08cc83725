using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners.Policies;

internal sealed partial class ToolCircuits
{
    [LoggerMessage(3101, LogLevel.Warning, "The circuit breaker of tool {Tool} ({Circuit}) is now {State}.")]
    private static partial void LogChanged(ILogger logger, string tool, string circuit, string state);
}
