using Microsoft.Extensions.Logging;

namespace ToolRuntime.ToolExecutions;

internal sealed partial class ToolExecutionGrain
{
    [LoggerMessage(1101, LogLevel.Warning, "The runner of {Execution}, attempt {Attempt}, is gone.")]
    private static partial void LogLost(ILogger logger, string execution, int attempt);

    [LoggerMessage(1102, LogLevel.Warning, "The session did not take {Trigger} of {Execution}; trying again.")]
    private static partial void LogNotTaken(ILogger logger, ExecutionTriggerKind trigger, string execution, Exception exception);

    [LoggerMessage(1103, LogLevel.Warning, "No silo of pool {Pool} is up: {Execution} waits for one.")]
    private static partial void LogPoolAway(ILogger logger, string pool, string execution);

    [LoggerMessage(1104, LogLevel.Warning, "{Execution} could not be handed over to another silo; trying again.")]
    private static partial void LogNotHandedOver(ILogger logger, string execution, Exception exception);
}
