using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Streams;

/// <summary>One subscriber of one stream. Its observer gets one item at a time; an item it fails on is logged and not repeated.</summary>
internal abstract partial class StreamSubscription<T>(MemoryStreamProvider provider, StreamId id) : StreamSubscriptionHandle<T>
{
    private IAsyncDisposable? channel;
    private volatile bool ended;

    public override StreamId StreamId => id;

    public override string ProviderName => provider.Name;

    public override Guid HandleId { get; } = Guid.NewGuid();

    protected bool IsEnded => ended;

    protected ILogger Logger => provider.Logger;

    public async Task BeginAsync(string name) => channel = await provider.Channels.SubscribeAsync(name, item => Receive((T)item));

    public override async Task UnsubscribeAsync()
    {
        ended = true;
        if (channel is not null)
            await channel.DisposeAsync();
        End();
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) => HandleId == other?.HandleId;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => HandleId.GetHashCode();

    /// <summary>Takes an item from the channel. Any thread; must not block.</summary>
    protected abstract void Receive(T item);

    protected virtual void End()
    {
    }
}

/// <summary>A subscriber outside of grains: a queue of limited length and a task that empties it.</summary>
internal sealed class ClientSubscription<T> : StreamSubscription<T>
{
    // Live delivery may drop: whoever falls this far behind must read what it missed from elsewhere anyway.
    private const int Capacity = 16_384;

    private readonly Channel<T> items = Channel.CreateBounded<T>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private int dropped;

    public ClientSubscription(MemoryStreamProvider provider, StreamId id, IAsyncObserver<T> observer)
        : base(provider, id)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            _ = Task.Run(() => DeliverAsync(observer));
    }

    protected override void Receive(T item)
    {
        if (!items.Writer.TryWrite(item) && !IsEnded && Interlocked.Increment(ref dropped) == 1)
            LogDropping(Logger, StreamId);
    }

    protected override void End() => items.Writer.TryComplete();

    private async Task DeliverAsync(IAsyncObserver<T> observer)
    {
        await foreach (var item in items.Reader.ReadAllAsync())
        {
            if (IsEnded)
                return;
            try
            {
                await observer.OnNextAsync(item);
            }
            catch (Exception exception)
            {
                LogObserverFailed(Logger, StreamId, exception);
            }
        }
    }
}

/// <summary>A subscriber that is a grain: items are requests of the activation that subscribed, and the subscription ends with it.</summary>
internal sealed class GrainSubscription<T>(MemoryStreamProvider provider, StreamId id, IAsyncObserver<T> observer, Activation activation) : StreamSubscription<T>(provider, id)
{
    protected override void Receive(T item)
    {
        if (!IsEnded && !activation.TryReceive(new Delivery(this, item)))
            _ = UnsubscribeAsync();
    }

    private sealed class Delivery(GrainSubscription<T> subscription, T item) : Request
    {
        public override Task Invoke(Activation activation) => subscription.IsEnded ? Task.CompletedTask : subscription.Observe(item);

        public override void Complete(Task result, Activation activation)
        {
            if (result.IsFaulted)
                LogObserverFailed(subscription.Logger, subscription.StreamId, result.Exception!.InnerException!);
        }

        public override void Fail(Exception exception, Activation? activation)
        {
            if (activation is not null)
                LogObserverFailed(subscription.Logger, subscription.StreamId, exception);
        }
    }

    private Task Observe(T item) => observer.OnNextAsync(item);
}
