using Microsoft.Extensions.Logging;

namespace ToolRuntime.Messages;

internal sealed partial class ModelRuns
{
    [LoggerMessage(1201, LogLevel.Warning, "The model failed for {Message}, round {Round}, attempt {Attempt}.")]
    private static partial void LogFailed(ILogger logger, string message, int round, int attempt, Exception exception);

    [LoggerMessage(1202, LogLevel.Error, "The failure of {Message} could not be reported; its recovery will find it.")]
    private static partial void LogUnreported(ILogger logger, string message, Exception exception);
}
