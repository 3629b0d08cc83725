using Microsoft.Extensions.Logging;

namespace ToolRuntime.Messages;

internal sealed partial class MessageGrain
{
    [LoggerMessage(1203, LogLevel.Warning, "The session did not take {Trigger} of {Message}; trying again.")]
    private static partial void LogNotTaken(ILogger logger, MessageTriggerKind trigger, string message, Exception exception);

    [LoggerMessage(1204, LogLevel.Debug, "Asking {Model} for {Message}, round {Round}.")]
    private static partial void LogAsking(ILogger logger, string model, string message, int round);
}
