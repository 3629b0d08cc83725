using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Mcp;

internal sealed partial class McpServer
{
    [LoggerMessage(5303, LogLevel.Information, "MCP server {Server} is connected, with {Count} tools.")]
    private partial void LogConnected(string server, int count);

    [LoggerMessage(5304, LogLevel.Warning, "MCP server {Server} is not there: {Reason}. It is tried again until it is.")]
    private partial void LogAway(string server, string reason);

    [LoggerMessage(5305, LogLevel.Debug, "MCP server {Server} is still not there: {Reason}.")]
    private partial void LogStillAway(string server, string reason);

    [LoggerMessage(5306, LogLevel.Debug, "A call of MCP server {Server} failed on its way: {Reason}")]
    private partial void LogDoubted(string server, string reason);

    [LoggerMessage(5307, LogLevel.Warning,
        "The list of tools of MCP server {Server} ended early, after {Count} tools; those that it named before stay.")]
    private partial void LogIncomplete(string server, int count);

    [LoggerMessage(5308, LogLevel.Information, "MCP server {Server} does not know its session any more; the next one is opened.")]
    private partial void LogSessionLost(string server);
}
