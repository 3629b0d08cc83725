namespace ToolRuntime.Sessions;

/// <summary>Lets commands be decided in the order in which they came, also where one of them has to wait for what is stored.</summary>
internal sealed class CommandOrder
{
    private Task last = Task.CompletedTask;

    /// <summary>What was measured for a command; completes after those that came before. Nothing is waited for where there is nothing to wait for.</summary>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> measured) => measured.IsCompletedSuccessfully && last.IsCompleted ? measured : WaitForItsTurnAsync(measured);

    private async ValueTask<T> WaitForItsTurnAsync<T>(ValueTask<T> measured)
    {
        var (ahead, mine) = (last, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        last = mine.Task;
        try
        {
            await ahead;
            return await measured;
        }
        finally
        {
            mine.SetResult();
        }
    }
}
