using System.Collections.Concurrent;
using System.Collections.Immutable;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Connections;

/// <summary>
/// What a connection's writer is to send besides events, and what wakes it. Answers are bounded by the slots that commands take.
/// </summary>
internal sealed class Outbox(int maxUnanswered) : IReaderOwner, IDisposable
{
    private const int MaxSignals = 64;

    private readonly ConcurrentQueue<OutgoingFrame> frames = new();
    private readonly SemaphoreSlim slots = new(maxUnanswered);
    private readonly WakeSignal wake = new();
    private CloseRequest? close;

    /// <summary>What is told besides, whenever the client can take it.</summary>
    public ImmutableArray<IFrameSource> Sources { get; private set; } = [];

    /// <summary>Whose connection it is; set once it is welcome.</summary>
    public string? Subject { get; set; }

    /// <summary>How the connection is to end, once somebody asked for it.</summary>
    public CloseRequest? Close => Volatile.Read(ref close);

    /// <summary>Waits until fewer commands than allowed are unanswered. Each slot is given back by the writing of one answer.</summary>
    public Task TakeSlotAsync(CancellationToken cancellationToken) => slots.WaitAsync(cancellationToken);

    /// <summary>Queues the answer of a command; <paramref name="written"/> runs on the writer once it is sent.</summary>
    public void Answer(ReadOnlyMemory<byte> json, Action? written = null)
    {
        frames.Enqueue(new(json, written, IsAnswer: true));
        Wake();
    }

    /// <summary>Queues what nobody waits for; dropped where too much waits already.</summary>
    public void Signal(ReadOnlyMemory<byte> json)
    {
        if (frames.Count >= MaxSignals) return;
        frames.Enqueue(new(json, null, IsAnswer: false));
        Wake();
    }

    /// <summary>Asks the writer to end the connection after what is queued; the first request counts.</summary>
    public void RequestClose(CloseCode code, string reason)
    {
        Interlocked.CompareExchange(ref close, new(code, reason), null);
        Wake();
    }

    public bool TryTake(out OutgoingFrame frame) => frames.TryDequeue(out frame);

    /// <summary>Says that a frame was sent.</summary>
    public void Written(OutgoingFrame frame)
    {
        frame.OnWritten?.Invoke();
        if (frame.IsAnswer) slots.Release();
    }

    /// <summary>Adds a source in place of another.</summary>
    public void Replace(IFrameSource? before, IFrameSource? after)
    {
        lock (frames) Sources = [.. Sources.Where(source => source != before), .. after is null ? [] : (IFrameSource[])[after]];
        Wake();
    }

    public void Dispose() => slots.Dispose();

    public void Wake() => wake.Set();

    /// <summary>Waits for the next wake-up; one that came before counts.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => wake.WaitAsync(cancellationToken);
}

/// <summary>A frame on its way out.</summary>
internal readonly record struct OutgoingFrame(ReadOnlyMemory<byte> Json, Action? OnWritten, bool IsAnswer);

/// <summary>How a connection is to end.</summary>
internal sealed record CloseRequest(CloseCode Code, string Reason);
