namespace ToolRuntime.Engine.Scheduling;

/// <summary>
/// Runs one piece of work at a time on the thread pool: whatever a subclass accepts, and the tasks and continuations that begin in it.
/// There is no SynchronizationContext: <c>await</c>, <c>Yield</c> and <c>ContinueWith</c> stay here, <c>Task.Run</c> and what follows <c>ConfigureAwait(false)</c> do not.
/// </summary>
internal abstract class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    // After so many pieces of work the thread goes to somebody else.
    private const int Quantum = 200;

    private readonly Queue<object> queue = new();
    private bool scheduled;

    public sealed override int MaximumConcurrencyLevel => 1;

    protected abstract bool IsCurrent { get; }

    /// <summary>Guards the queue.</summary>
    protected object Gate => queue;

    void IThreadPoolWorkItem.Execute()
    {
        EnterTurn();
        try
        {
            // One task per stay on the thread makes this TaskScheduler.Current for all that runs in it.
            new Task(static scheduler => ((TurnScheduler)scheduler!).Drain(), this).RunSynchronously(this);
        }
        finally
        {
            LeaveTurn();
        }
    }

    protected void Enqueue(object work)
    {
        lock (queue)
            EnqueueLocked(work);
    }

    protected void EnqueueLocked(object work)
    {
        queue.Enqueue(work);
        ScheduleLocked();
    }

    protected void ScheduleLocked()
    {
        if (scheduled)
            return;
        scheduled = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Queues work without running it. The caller holds <see cref="Gate"/>, or nobody else knows of this scheduler yet.</summary>
    protected void SeedLocked(object work) => queue.Enqueue(work);

    /// <summary>Runs work that is not a task. Must not throw.</summary>
    protected abstract void Execute(object work);

    protected abstract void EnterTurn();

    protected abstract void LeaveTurn();

    /// <summary>Takes work of one type out of the queue. The caller holds <see cref="Gate"/>.</summary>
    protected List<T>? TakeLocked<T>()
        where T : class
    {
        List<T>? taken = null;
        for (var left = queue.Count; left > 0; left--)
        {
            var work = queue.Dequeue();
            if (work is T wanted)
                (taken ??= []).Add(wanted);
            else
                queue.Enqueue(work);
        }
        return taken;
    }

    protected sealed override void QueueTask(Task task) => Enqueue(task);

    protected sealed override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && IsCurrent && TryExecuteTask(task);

    protected sealed override IEnumerable<Task> GetScheduledTasks()
    {
        lock (queue)
            return [.. queue.OfType<Task>()];
    }

    private void Drain()
    {
        for (var count = 0; count < Quantum; count++)
        {
            object? work;
            lock (queue)
            {
                if (!queue.TryDequeue(out work))
                {
                    scheduled = false;
                    return;
                }
            }
            if (work is Task task)
                TryExecuteTask(task);
            else
                Execute(work);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
