namespace ToolRuntime.Tools.Processes;

/// <summary>Feeds the watchdog from a thread of its own: a thread pool that is busy is no silo that hangs.</summary>
internal sealed class WatchdogFeed : IDisposable
{
    private readonly ManualResetEvent stop = new(false);
    private readonly Thread thread;

    public WatchdogFeed(Action feed)
    {
        thread = new(() => Run(feed)) { IsBackground = true, Name = "watchdog feed", Priority = ThreadPriority.AboveNormal };
        thread.Start();
    }

    /// <summary>May be called again. The event is left to its finalizer, for the thread waits for it.</summary>
    public void Dispose() => stop.Set();

    private void Run(Action feed)
    {
        do feed();
        while (!stop.WaitOne(WatchdogLease.Every));
    }
}
