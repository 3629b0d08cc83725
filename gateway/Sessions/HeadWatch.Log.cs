namespace ToolRuntime.Gateway.Sessions;

internal sealed partial class HeadWatch
{
    [LoggerMessage(2101, LogLevel.Warning, "The log does not tell the heads of {Count} sessions; asking on")]
    private partial void LogFailed(int count, Exception exception);
}
