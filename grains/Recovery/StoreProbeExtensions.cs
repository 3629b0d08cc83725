namespace ToolRuntime.Recovery;

internal static class StoreProbeExtensions
{
    /// <summary>Whether the store answers in time. Never throws but for the token's sake.</summary>
    public static async Task<bool> ReachesWithinAsync(this IStoreProbe probe, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await probe.ReachesAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
