using System.Collections.Concurrent;
using Orleans.Streams;

namespace ToolRuntime.Streams;

/// <summary>
/// One subscription: a bounded queue and, while there is something in it, one delivery loop; on the grain's scheduler for a grain's, on the thread pool
/// otherwise. A slow observer holds up nobody but itself, one that throws misses that item.
/// </summary>
internal sealed partial class LiveSubscription<T> : StreamSubscriptionHandle<T>, IThreadPoolWorkItem
{
    /// <summary>Then a grain's other calls, or the pool's other work, have their turn.</summary>
    private const int ItemsAtOnce = 64;

    private readonly ConcurrentQueue<LiveItem> queue = new();
    private readonly LiveStreamProvider provider;
    private readonly StreamId streamId;
    private readonly IAsyncObserver<T> observer;
    private readonly IGrainContext? grain;
    private IAsyncDisposable? registration;
    private int waiting;
    private int delivering;
    private int dropping;
    private volatile bool closed;

    public LiveSubscription(LiveStreamProvider provider, StreamId streamId, IAsyncObserver<T> observer)
    {
        (this.provider, this.streamId, this.observer) = (provider, streamId, observer);
        // System targets and the client are contexts too, but no grains.
        grain = provider.Parts.Grain.GrainContext is { GrainInstance: IGrain } context ? context : null;
    }

    public override StreamId StreamId => streamId;

    public override string ProviderName => provider.Name;

    public override Guid HandleId { get; } = Guid.NewGuid();

    public async Task StartAsync()
    {
        registration = await provider.Transport.SubscribeAsync(streamId, Receive);
        if (grain is not null) _ = EndWithAsync(grain.Deactivated);
    }

    /// <summary>When this has returned, no further <c>OnNextAsync</c> begins.</summary>
    public override async Task UnsubscribeAsync()
    {
        closed = true;
        queue.Clear();
        if (Interlocked.Exchange(ref registration, null) is { } mine) await mine.DisposeAsync();
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) => throw Refuse.Resume();

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) => throw Refuse.Resume();

    public override bool Equals(StreamSubscriptionHandle<T>? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => HandleId.GetHashCode();

    /// <summary>Delivers what waits, and leaves.</summary>
    public void Execute() => _ = DeliverAsync();

    private void Receive(LiveItem item)
    {
        if (closed) return;
        if (Interlocked.Increment(ref waiting) > provider.Parts.Options.QueueLength)
        {
            Interlocked.Decrement(ref waiting);
            Drop();
            return;
        }

        queue.Enqueue(item);
        if (Interlocked.Exchange(ref delivering, 1) == 0) Schedule();
    }

    private void Schedule()
    {
        if (grain is not null) grain.Scheduler.QueueAction(Execute);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task DeliverAsync()
    {
        for (var left = ItemsAtOnce; !closed && left > 0 && queue.TryDequeue(out var item); left--)
        {
            Interlocked.Decrement(ref waiting);
            try
            {
                await TellAsync(item);
            }
            catch (Exception exception)
            {
                LogObserverFailed(provider.Parts.Logger, exception, streamId);
            }
        }

        if (queue.IsEmpty && Interlocked.Exchange(ref dropping, 0) == 1) Receive(LiveItem.Gap);
        Interlocked.Exchange(ref delivering, 0);
        if (!closed && !queue.IsEmpty && Interlocked.Exchange(ref delivering, 1) == 0) Schedule();
    }

    private Task TellAsync(LiveItem item) =>
        item == LiveItem.Gap ? observer.OnErrorAsync(new LiveStreamGapException()) : observer.OnNextAsync(provider.Parts.Copier.Copy((T)item.Value));

    private void Drop()
    {
        LiveStreamMetrics.Dropped.Add(1);
        if (Interlocked.Exchange(ref dropping, 1) == 0) LogDropping(provider.Parts.Logger, streamId, provider.Parts.Options.QueueLength);
    }

    private async Task EndWithAsync(Task deactivated)
    {
        await deactivated.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await UnsubscribeAsync();
    }
}
