using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Processes;

internal sealed partial class Isolation
{
    [LoggerMessage(5121, LogLevel.Information, "Processes of tools are isolated by {Program}, {Network} network, as {User}.")]
    private partial void LogActive(string program, string network, string user);

    [LoggerMessage(5122, LogLevel.Warning, "Processes of tools are not isolated, for this host does not allow it: {Why}")]
    private partial void LogMissing(string why);

    [LoggerMessage(5123, LogLevel.Warning, "Processes of tools have the server's user, root, and none of their session's own: {Why}")]
    private partial void LogNoUsers(string why);
}
