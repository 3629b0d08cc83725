using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Hosting;

internal sealed partial class Silo
{
    [LoggerMessage(601, LogLevel.Information, "Silo {Silo} has started.")]
    private static partial void LogStarted(ILogger logger, SiloAddress silo);

    [LoggerMessage(602, LogLevel.Information, "Silo {Silo} has stopped.")]
    private static partial void LogStopped(ILogger logger, SiloAddress silo);
}
