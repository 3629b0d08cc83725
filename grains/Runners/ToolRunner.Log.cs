using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners;

internal sealed partial class ToolRunner
{
    [LoggerMessage(3001, LogLevel.Error, "Tool {Tool} threw in {Session}, execution {ExecutionId}, attempt {Attempt}.")]
    private static partial void LogCrashed(ILogger logger, Exception e, string tool, SessionKey session, string executionId, int attempt);

    [LoggerMessage(
        3002, LogLevel.Error, "The runner of {Session}, execution {ExecutionId}, attempt {Attempt} failed; the attempt counts as lost.")]
    private static partial void LogBroken(ILogger logger, Exception e, SessionKey session, string executionId, int attempt);

    [LoggerMessage(3003, LogLevel.Debug, "A heartbeat of {Session}, execution {ExecutionId} failed.")]
    private static partial void LogHeartbeatFailed(ILogger logger, Exception e, SessionKey session, string executionId);

    [LoggerMessage(
        3004, LogLevel.Debug, "The end of {Session}, execution {ExecutionId} could not be delivered {Count} times and is repeated.")]
    private static partial void LogEndRepeated(ILogger logger, Exception e, SessionKey session, string executionId, int count);

    [LoggerMessage(3005, LogLevel.Warning, "The tool of {Session}, execution {ExecutionId} could not be suspended or continued.")]
    private static partial void LogSuspendFailed(ILogger logger, Exception e, SessionKey session, string executionId);
}
