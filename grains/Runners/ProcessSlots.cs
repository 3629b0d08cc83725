namespace ToolRuntime.Runners;

/// <summary>The silo's cap on processes; those who wait are served in order.</summary>
internal sealed class ProcessSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim free = new(count, count);

    public async ValueTask<ProcessSlot> AcquireAsync(CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new(free);
    }

    public void Dispose() => free.Dispose();
}

/// <summary>The right to run a process. Belongs to the runner once that is started with it; else whoever acquired it disposes it. Disposing twice does no harm.</summary>
internal sealed class ProcessSlot(SemaphoreSlim free) : IDisposable
{
    private SemaphoreSlim? free = free;

    public void Dispose()
    {
        try
        {
            Interlocked.Exchange(ref free, null)?.Release();
        }
        catch (ObjectDisposedException)
        {
            // A tool that outlived its host.
        }
    }
}
