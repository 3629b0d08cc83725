namespace ToolRuntime.Models.Providers;

/// <summary>Bounds the wait for a server.</summary>
internal static class Silence
{
    /// <summary>Waits for what a server does next.</summary>
    /// <exception cref="TimeoutException">It did nothing for longer than the limit.</exception>
    public static async Task<T> LimitAsync<T>(
        Func<CancellationToken, Task<T>> wait, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var silent = new CancellationTokenSource(limit, time);
        return await LimitAsync(wait, silent, limit, cancellationToken);
    }

    /// <summary>Waits until a clock that may run already has run down.</summary>
    /// <exception cref="TimeoutException">It has.</exception>
    public static async Task<T> LimitAsync<T>(
        Func<CancellationToken, Task<T>> wait, CancellationTokenSource silent, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, cancellationToken);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException cancelled) when (silent.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The model's server was silent for {limit}.", cancelled);
        }
    }
}
