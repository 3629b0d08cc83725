using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// Reads a session's events one frame after the other for a caller who waits for them: an event stream by HTTP, a synchronous call.
/// </summary>
internal sealed class SessionTail : IReaderOwner, IAsyncDisposable
{
    private const int FrameBytes = 65_536;

    private readonly SessionFeeds feeds;
    private readonly SessionReader reader;
    private readonly WakeSignal wake = new();
    private readonly TimeProvider time;
    private int interrupted;

    private SessionTail(SessionKey key, SessionPosition position, ReaderSettings settings, SessionFeeds feeds, ISessionLog log, TimeProvider time)
    {
        (this.feeds, this.time) = (feeds, time);
        reader = new(key, position, settings, this, log, time);
    }

    /// <summary>The frame that <see cref="NextAsync"/> read last.</summary>
    public ReaderFrame Frame { get; } = new();

    public string Epoch => reader.Epoch;

    public static async Task<SessionTail> OpenAsync(
        SessionKey key, SessionPosition position, ReaderSettings settings, SessionFeeds feeds, ISessionLog log, TimeProvider time)
    {
        var tail = new SessionTail(key, position, settings, feeds, log, time);
        await feeds.AttachAsync(tail.reader);
        return tail;
    }

    /// <summary>
    /// Waits for the next frame, but not longer than <paramref name="patience"/>: <see cref="ReadOutcome.Frame"/>,
    /// <see cref="ReadOutcome.Nothing"/> or <see cref="ReadOutcome.Lost"/>; <see cref="ReadOutcome.Skipped"/> after <see cref="Interrupt"/>.
    /// </summary>
    public async Task<ReadOutcome> NextAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        while (true)
        {
            switch (await reader.ReadAsync(Frame, FrameBytes, cancellationToken))
            {
                case ReadOutcome.Frame:
                    return ReadOutcome.Frame;
                case ReadOutcome.Lost or ReadOutcome.Deleted:
                    return ReadOutcome.Lost;
                case ReadOutcome.Later:
                    await Task.Delay(reader.Wait + TimeSpan.FromMilliseconds(1), time, cancellationToken);
                    continue;
                case ReadOutcome.Skipped:
                    continue;
            }

            try
            {
                await wake.WaitAsync(either.Token);
                if (Interlocked.Exchange(ref interrupted, 0) == 1) return ReadOutcome.Skipped;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return ReadOutcome.Nothing;
            }
        }
    }

    /// <summary>Ends the wait for a frame: there is something else to send.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref interrupted, 1);
        wake.Set();
    }

    void IReaderOwner.Wake() => wake.Set();

    void IReaderOwner.Signal(ReadOnlyMemory<byte> json)
    {
        // typing and presence go to WebSockets only
    }

    public async ValueTask DisposeAsync() => await feeds.DetachAsync(reader);
}
