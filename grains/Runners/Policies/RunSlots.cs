using ToolRuntime.Jobs;

namespace ToolRuntime.Runners.Policies;

/// <summary>A cap on what runs at a time; those who wait are served by priority and age (<see cref="WaitingLine{T}"/>).</summary>
internal sealed class RunSlots(int count, TimeSpan aging, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly WaitingLine<Waiter> waiting = new(aging);
    private int free = count;
    private bool disposed;

    public ValueTask<RunSlot> AcquireAsync(JobPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter mine;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (free > 0)
            {
                free--;
                return new(new RunSlot(this));
            }

            mine = new();
            waiting.Add(mine, priority, time.GetUtcNow());
        }

        if (cancellationToken.CanBeCanceled) mine.Follow(cancellationToken);
        return new(mine.Task);
    }

    public void Dispose()
    {
        lock (gate) disposed = true;
    }

    private void Release()
    {
        while (true)
        {
            Waiter? next;
            lock (gate)
            {
                next = waiting.Take();
                if (next is null)
                {
                    free++;
                    return;
                }
            }

            if (next.TrySetResult(new(this))) return; // else it has gone: the next one
        }
    }

    internal static void Release(RunSlots slots) => slots.Release();

    /// <summary>One who has gone stays in line until it is its turn.</summary>
    private sealed class Waiter() : TaskCompletionSource<RunSlot>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public void Follow(CancellationToken cancellationToken) =>
            cancellationToken.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).TrySetCanceled(token), this);
    }
}

/// <summary>The right to run. Disposing twice does no harm.</summary>
internal sealed class RunSlot(RunSlots slots) : IDisposable
{
    private RunSlots? slots = slots;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref slots, null) is { } mine) RunSlots.Release(mine);
    }
}
