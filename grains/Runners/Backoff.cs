namespace ToolRuntime.Runners;

/// <summary>Repeats a call of the sink until it succeeds: after 50 ms, then twice as long each time, up to 1 s.</summary>
internal static class Backoff
{
    private const int FirstMs = 50;
    private const int MaxMs = 1_000;

    /// <exception cref="OperationCanceledException">The token was cancelled, perhaps while a call was under way.</exception>
    public static async Task<T> RepeatAsync<T>(
        Func<CancellationToken, Task<T>> call, TimeProvider time, Action<Exception, int> failed, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                return await call(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed(e, attempt);
            }

            var delay = Math.Min(FirstMs << Math.Min(attempt - 1, 10), MaxMs);
            await Task.Delay(TimeSpan.FromMilliseconds(delay), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
