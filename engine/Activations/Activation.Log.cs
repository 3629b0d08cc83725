using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Activations;

internal sealed partial class Activation
{
    [LoggerMessage(201, LogLevel.Warning, "Grain {Grain} failed to activate.")]
    private static partial void LogActivationFailed(ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(202, LogLevel.Warning, "OnDeactivateAsync of grain {Grain} failed.")]
    private static partial void LogDeactivationFailed(ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "Disposing of grain {Grain} failed.")]
    private static partial void LogDisposalFailed(ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(204, LogLevel.Warning, "Grain {Grain} still runs requests long after its deactivation was asked for; it is abandoned.")]
    private static partial void LogStuck(ILogger logger, GrainId grain);

    [LoggerMessage(205, LogLevel.Error, "A turn of grain {Grain} failed.")]
    private static partial void LogTurnFailed(ILogger logger, GrainId grain, Exception exception);
}
