namespace ToolRuntime.Tools.Tests.Support;

/// <summary>How tests wait for what other processes do.</summary>
internal static class Wait
{
    /// <summary>The one limit of every wait; only a failing test reaches it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>For what the operating system has no event: looks again until it holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Timeout);
        using var timer = new PeriodicTimer(Poll);
        while (!holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Not so: {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
