namespace ToolRuntime.Streams.Tests;

internal static class Waits
{
    /// <summary>Longer than anything takes that works.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
}
