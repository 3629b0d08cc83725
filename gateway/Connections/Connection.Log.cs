namespace ToolRuntime.Gateway.Connections;

internal sealed partial class Connection
{
    [LoggerMessage(1001, LogLevel.Debug, "Connection {Connection} of {Tenant}/{Subject} began")]
    private static partial void LogBegan(ILogger logger, string connection, string tenant, string subject);

    [LoggerMessage(1002, LogLevel.Debug, "Connection {Connection} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string connection, string reason);

    [LoggerMessage(1003, LogLevel.Error, "Connection {Connection} failed")]
    private static partial void LogFailed(ILogger logger, string connection, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "Connection {Connection}: command {Type} failed")]
    private static partial void LogCommandFailed(ILogger logger, string connection, string type, Exception exception);
}
