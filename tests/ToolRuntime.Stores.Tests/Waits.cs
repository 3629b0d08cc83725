namespace ToolRuntime.Stores.Tests;

internal static class Waits
{
    /// <summary>Longer than anything takes that works.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>Looks until it holds: for what tells nobody, such as the bytes of a file.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(Long);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!holds()) await looks.WaitForNextTickAsync(timeout.Token);
    }
}
