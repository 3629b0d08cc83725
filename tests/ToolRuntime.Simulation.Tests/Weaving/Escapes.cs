using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Weaving;

/// <summary>Where woven code goes instead of the thread pool, the system's dice and the system's clock.</summary>
public static class Escapes
{
    private static World World => World.Current;

    [InsteadOf("Task.Run(Action)")]
    public static Task Run(Action act) => Run(() =>
    {
        act();
        return true;
    });

    [InsteadOf("Task.Run(Func<T>)")]
    public static Task<T> Run<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        World.Pool.Post(
            _ =>
            {
                try
                {
                    done.SetResult(act());
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            },
            null);
        return done.Task;
    }

    [InsteadOf("Task.Run(Func<Task>)")]
    public static async Task Run(Func<Task> act) => await await Run<Task>(act);

    [InsteadOf("Task.Run(Func<Task>, CancellationToken)")]
    public static Task Run(Func<Task> act, CancellationToken cancellationToken) => Run(act);

    [InsteadOf("ThreadPool.UnsafeQueueUserWorkItem(WaitCallback, Object)")]
    public static bool Queue(WaitCallback callback, object? state)
    {
        World.Pool.Post(s => callback(s), state);
        return true;
    }

    [InsteadOf("CancellationTokenSource.CancelAsync()")]
    public static Task CancelAsync(CancellationTokenSource source) => Run(source.Cancel);

    /// <summary>The framework's own goes over the thread pool where the task does not complete its continuations at once.</summary>
    [InsteadOf("Task`1.WaitAsync(CancellationToken)")]
    public static async Task<T> WaitAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || !cancellationToken.CanBeCanceled) return await task;
        var first = new TaskCompletionSource<T>();
        await using var cancelled = cancellationToken.UnsafeRegister((_, token) => first.TrySetCanceled(token), null);
        _ = ForwardAsync();
        return await first.Task;

        async Task ForwardAsync()
        {
            try
            {
                first.TrySetResult(await task);
            }
            catch (OperationCanceledException exception)
            {
                first.TrySetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                first.TrySetException(exception);
            }
        }
    }

    [InsteadOf("Task.WaitAsync(CancellationToken)")]
    public static Task WaitAsync(Task task, CancellationToken cancellationToken) => WaitAsync(ValueAsync(task), cancellationToken);

    [InsteadOf("Random.get_Shared()")]
    public static Random Shared() => World.Dice.Values;

    [InsteadOf("Guid.CreateVersion7()")]
    public static Guid NewId() => World.NewId();

    [InsteadOf("RandomNumberGenerator.GetHexString(Int32, Boolean)")]
    public static string HexString(int length, bool lowercase) => string.Concat(Enumerable.Range(0, length).Select(_ => "0123456789abcdef"[World.Dice.Values.Next(16)]));

    private static async Task<bool> ValueAsync(Task task)
    {
        await task;
        return true;
    }
}
