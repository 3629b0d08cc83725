namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>How long these tests wait.</summary>
internal static class Limits
{
    /// <summary>The one limit of every wait; only a failing test reaches it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>For what the operating system has no event: looks again until it holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Timeout);
        using var timer = new PeriodicTimer(Poll);
        while (!holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Not so: {what()}");
            await timer.WaitForNextTickAsync();
        }
    }
}
