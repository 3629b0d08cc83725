namespace ToolRuntime.Gateway.Sessions;

internal sealed partial class SessionFeed
{
    [LoggerMessage(2001, LogLevel.Debug, "Session {Session}: events after {Head} were not delivered up to {Seq}; connections read the log")]
    private partial void LogGap(SessionKey session, long head, long seq);

    [LoggerMessage(2002, LogLevel.Warning, "Session {Session}: epoch {Old} has ended, {New} began; its connections open it again")]
    private partial void LogEpochChanged(SessionKey session, string old, string @new);

    [LoggerMessage(2003, LogLevel.Warning, "Session {Session}: unsubscribing failed")]
    private partial void LogUnsubscribeFailed(SessionKey session, Exception exception);

    [LoggerMessage(2004, LogLevel.Warning, "Session {Session}: the log did not tell its head")]
    private partial void LogCheckFailed(SessionKey session, Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "Session {Session}: the store went back, what was read up to {Seq} is not in its log of {Head}; its connections open it again")]
    private partial void LogWentBack(SessionKey session, long seq, long head);
}
