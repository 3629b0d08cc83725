using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Reminders;

internal sealed partial class ReminderSchedule
{
    [LoggerMessage(401, LogLevel.Warning, "Reminder {Reminder} of grain {Grain} failed to tick.")]
    private static partial void LogTickFailed(ILogger logger, string reminder, GrainId grain, Exception exception);
}
