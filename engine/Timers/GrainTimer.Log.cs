using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Timers;

internal abstract partial class GrainTimer
{
    [LoggerMessage(301, LogLevel.Error, "A timer callback of grain {Grain} failed.")]
    private static partial void LogFailed(ILogger logger, GrainId grain, Exception exception);
}
