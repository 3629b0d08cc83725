using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Processes;

internal sealed partial class ControlGroups
{
    [LoggerMessage(5111, LogLevel.Information, "Processes of tools are held in control groups (version {Version}) below {Folder}.")]
    private partial void LogAvailable(int version, string folder);

    [LoggerMessage(5112, LogLevel.Warning, "No control groups can be made, so that a process of a tool which hides (env -i setsid) outlives it. {Why}")]
    private partial void LogUnavailable(string why);

    [LoggerMessage(5113, LogLevel.Warning, "A process of a tool could not be put into a control group; one that hides would outlive it.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(5115, LogLevel.Warning, "Processes can't enter control groups below {Folder}, so its controller limits none of them.")]
    private partial void LogRefused(string folder, Exception exception);

    [LoggerMessage(5114, LogLevel.Warning, "Processes of tools are not limited as the settings say: {What}.")]
    private partial void LogMissing(string what);
}
