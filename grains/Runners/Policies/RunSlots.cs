namespace ToolRuntime.Runners.Policies;

/// <summary>A cap on what runs at a time; those who wait are served in order.</summary>
internal sealed class RunSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim free = new(count, count);

    public async ValueTask<RunSlot> AcquireAsync(CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new(free);
    }

    public void Dispose() => free.Dispose();
}

/// <summary>The right to run. Disposing twice does no harm.</summary>
internal sealed class RunSlot(SemaphoreSlim free) : IDisposable
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
