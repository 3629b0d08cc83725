namespace ToolRuntime.Runners;

/// <summary>Whether an attempt is suspended: who listens is told of each change in order, who waits goes on when it is over.</summary>
internal sealed class SuspendGate
{
    private readonly Lock gate = new();
    private readonly List<Action<bool>> listeners = [];
    private TaskCompletionSource? resumed;

    public bool Suspended => resumed is not null;

    /// <summary>Listeners are called within, so that none sees changes out of order; they must be short. True if it was a change.</summary>
    public bool Set(bool suspended)
    {
        lock (gate)
        {
            if (suspended == Suspended) return false;

            var waiting = resumed;
            resumed = suspended ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            foreach (var listener in listeners.ToArray()) listener(suspended);
            waiting?.TrySetResult();
            return true;
        }
    }

    /// <summary>Calls the listener with each change, and at once if it is suspended now.</summary>
    public IDisposable Subscribe(Action<bool> changed)
    {
        lock (gate)
        {
            listeners.Add(changed);
            if (Suspended) changed(true);
        }

        return new Subscription(this, changed);
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return resumed is { } waiting ? new(waiting.Task.WaitAsync(cancellationToken)) : default;
    }

    private sealed class Subscription(SuspendGate owner, Action<bool> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.gate) owner.listeners.Remove(changed);
        }
    }
}
