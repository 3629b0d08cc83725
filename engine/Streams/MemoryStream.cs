using Orleans.Streams;
using ToolRuntime.Engine.Scheduling;

namespace ToolRuntime.Engine.Streams;

internal sealed class MemoryStream<T>(MemoryStreamProvider provider, StreamId id) : IAsyncStream<T>
{
    private readonly string channel = $"stream/{provider.Name}/{id}";

    public bool IsRewindable => false;

    public string ProviderName => provider.Name;

    public StreamId StreamId => id;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(item);
        var published = provider.Channels.PublishAsync(channel, item);
        return published.IsCompletedSuccessfully ? Task.CompletedTask : published.AsTask();
    }

    public async Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var item in batch)
            await OnNextAsync(item);
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) =>
        token is null ? SubscribeAsync(observer) : throw new ArgumentException("The stream can't be rewound.", nameof(token));

    public async Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        StreamSubscription<T> subscription = TurnContext.Current is { } activation
            ? new GrainSubscription<T>(provider, id, observer, activation)
            : new ClientSubscription<T>(provider, id, observer);
        await subscription.BeginAsync(channel);
        return subscription;
    }
}
