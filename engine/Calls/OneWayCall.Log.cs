using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Calls;

internal sealed partial class OneWayCall
{
    [LoggerMessage(101, LogLevel.Warning, "One-way call {Method} to {Grain} failed.")]
    private static partial void LogFailed(ILogger logger, string method, GrainId grain, Exception exception);
}
