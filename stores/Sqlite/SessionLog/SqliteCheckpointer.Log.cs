using Microsoft.Extensions.Logging;

namespace ToolRuntime.Stores.Sqlite;

internal sealed partial class SqliteCheckpointer
{
    [LoggerMessage(2011, LogLevel.Warning, "The session log's write-ahead log could not be copied to its file; it grows until it can.")]
    private static partial void LogFailed(ILogger logger, Exception e);
}
