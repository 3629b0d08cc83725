namespace ToolRuntime.Stores.Redis;

/// <summary>Something long that many ask for: it runs once at a time, and those who ask while it runs share the next one.</summary>
internal sealed class SharedRun(Func<Task> run)
{
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private Task? next;

    /// <summary>Completes with a run that began after the call.</summary>
    public Task RunAsync()
    {
        lock (gate)
        {
            if (running.IsCompleted && next is null) return running = run();
            return next ??= AfterAsync(running);
        }
    }

    private async Task AfterAsync(Task before)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate) (running, next) = (next!, null);
        await run().ConfigureAwait(false);
    }
}
