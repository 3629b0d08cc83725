using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// What keeps an index tidy: nobody waits for it, and where it fails the index has more than it must, which its readers tell apart.
/// </summary>
internal static class Background
{
    public static async void Run(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
            // Told where it failed.
        }
    }
}
