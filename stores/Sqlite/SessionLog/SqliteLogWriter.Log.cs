using Microsoft.Extensions.Logging;

namespace ToolRuntime.Stores.Sqlite;

internal sealed partial class SqliteLogWriter
{
    [LoggerMessage(2001, LogLevel.Error, "A transaction of {Count} writes to the session log failed.")]
    private static partial void LogFailed(ILogger logger, Exception e, int count);

    [LoggerMessage(2003, LogLevel.Error, "What was erased from the session log could not be removed from its files yet.")]
    private static partial void LogScrubFailed(ILogger logger, Exception e);

    [LoggerMessage(2002, LogLevel.Warning, "The session log's connection did not close cleanly.")]
    private static partial void LogDiscardFailed(ILogger logger, Exception e);
}
