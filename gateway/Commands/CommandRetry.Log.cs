namespace ToolRuntime.Gateway.Commands;

internal sealed partial class CommandRetry
{
    [LoggerMessage(3001, LogLevel.Debug, "A call failed and is repeated")]
    private partial void LogRepeated(Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "A call failed and is not repeated any more")]
    private partial void LogGaveUp(Exception exception);

    [LoggerMessage(3003, LogLevel.Error, "A call failed")]
    private partial void LogFailed(Exception exception);
}
