using Microsoft.Extensions.Logging;

namespace ToolRuntime.Sessions;

internal sealed partial class SessionGrain
{
    [LoggerMessage(1005, LogLevel.Error, "What was erased or deleted of session {Session} is not gone yet; it is tried again.")]
    private static partial void LogCleanUpFailed(ILogger logger, SessionKey session, Exception exception);
}
