using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// What keeps an index tidy: nobody waits for it, and where it fails the index has more than it must, which its readers tell apart.
/// </summary>
internal static partial class Background
{
    /// <summary>Lets it run. Whatever it fails with, the process goes on: a store's failure is told where it failed, another here.</summary>
    public static async void Run(Task task, ILogger logger)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
    }

    [LoggerMessage(2103, LogLevel.Error, "Something in the background failed; the process goes on.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
