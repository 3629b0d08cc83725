using Microsoft.Extensions.Logging;

namespace ToolRuntime.Sessions;

internal sealed partial class SessionLine
{
    [LoggerMessage(1001, LogLevel.Error, "Session {Session} lost its log and will be read again.")]
    private static partial void LogLost(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "The snapshot of session {Session} could not be written; the next one will hold it all.")]
    private static partial void LogSnapshotFailed(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "Events of session {Session} could not be published; gateways will read them from the log.")]
    private static partial void LogPublishFailed(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "The reminder of session {Session} could not be registered; the next command tries again.")]
    private static partial void LogReminderFailed(ILogger logger, SessionKey session, Exception exception);
}
