using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners;

internal sealed partial class RunnerReporter
{
    [LoggerMessage(3011, LogLevel.Debug, "A report of an attempt failed {Attempt} times and is repeated.")]
    private static partial void LogRepeated(ILogger logger, Exception e, int attempt);

    [LoggerMessage(3012, LogLevel.Error, "A report of an attempt can't be made; what it still had to tell is lost.")]
    private static partial void LogBroken(ILogger logger, Exception e);

    [LoggerMessage(3013, LogLevel.Error, "What looks for turns at a terminal has failed; no more are told of this attempt.")]
    private static partial void LogWatchFailed(ILogger logger, Exception e);
}
