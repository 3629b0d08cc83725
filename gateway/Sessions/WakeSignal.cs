using System.Threading.Channels;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Wakes one waiter; wakes that come while nobody waits count once. The waker never runs the waiter's code.</summary>
internal sealed class WakeSignal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => channel.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => channel.Reader.ReadAsync(cancellationToken);

    /// <summary>The same; false after so many milliseconds of silence.</summary>
    public async Task<bool> WaitAsync(int silenceMs, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(silenceMs);
        try
        {
            return await WaitAsync(idle.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
