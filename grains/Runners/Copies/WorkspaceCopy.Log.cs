using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners.Copies;

internal sealed partial class WorkspaceCopy
{
    [LoggerMessage(3201, LogLevel.Warning, "The workspace of session {Session} could not be saved; that is tried until it is.")]
    private static partial void LogNotSaved(ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(3202, LogLevel.Information, "The workspace of session {Session} is saved again.")]
    private static partial void LogSavedAgain(ILogger logger, SessionKey session);

    [LoggerMessage(3203, LogLevel.Warning, "The workspace of session {Session} is not saved: {Reason}")]
    private static partial void LogTooLarge(ILogger logger, SessionKey session, string reason);

    [LoggerMessage(3204, LogLevel.Error, "Another silo has taken the workspace of session {Session}; what was changed here since its last save is lost.")]
    private static partial void LogTaken(ILogger logger, SessionKey session);

    [LoggerMessage(3205, LogLevel.Debug, "{Count} entries of the workspace of session {Session} can't be kept.")]
    private static partial void LogLeftOut(ILogger logger, SessionKey session, int count);

    [LoggerMessage(3206, LogLevel.Warning, "The copy of the workspace of session {Session} could not be removed from this silo.")]
    private static partial void LogNotRemoved(ILogger logger, SessionKey session, Exception exception);
}
