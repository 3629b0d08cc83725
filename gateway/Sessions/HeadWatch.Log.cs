namespace ToolRuntime.Gateway.Sessions;

internal sealed partial class HeadWatch
{
    [LoggerMessage(2101, LogLevel.Warning, "The log did not tell the heads of {Count} sessions")]
    private partial void LogFailed(int count, Exception exception);
}
