using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners;

internal sealed partial class ToolCatalog
{
    [LoggerMessage(3006, LogLevel.Warning, "Two tools are named '{Tool}'; the second one is not offered.")]
    private partial void LogTaken(string tool);

    [LoggerMessage(3007, LogLevel.Warning, "{Reason} Its arguments are not checked before a call.")]
    private partial void LogUnchecked(string reason);
}
