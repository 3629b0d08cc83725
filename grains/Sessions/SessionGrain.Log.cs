using Microsoft.Extensions.Logging;

namespace ToolRuntime.Sessions;

internal sealed partial class SessionGrain
{
    [LoggerMessage(1005, LogLevel.Error, "What was erased or deleted of session {Session} is not gone yet; it is tried again.")]
    private static partial void LogCleanUpFailed(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1006, LogLevel.Warning, "Older output of session {Session} was not emptied; that is tried again with the next.")]
    private static partial void LogEmptyingFailed(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(1007, LogLevel.Warning, "The log of session {Session} ends at {Head}, before its snapshot at {Seq}: the store went back in time, and a new epoch begins.")]
    private static partial void LogWentBack(ILogger logger, SessionKey session, long head, long seq);

    [LoggerMessage(1008, LogLevel.Warning, "How jobs of session {Session} stand was not told; it is tried again.")]
    private static partial void LogJobsNotTold(ILogger logger, SessionKey session, Exception exception);
}
