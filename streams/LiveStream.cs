using Orleans.Streams;

namespace ToolRuntime.Streams;

/// <summary>One stream of a provider. Holds nothing; two of the same provider and id are the same stream.</summary>
internal sealed class LiveStream<T>(LiveStreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    public bool IsRewindable => false;

    public string ProviderName => provider.Name;

    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(item);
        Refuse.Token(token);
        // What nobody changes is not copied; the publisher may go on to change anything else.
        return provider.Transport.PublishAsync(streamId, new((object)provider.Parts.Copier.Copy(item)!, provider.Parts.Serializer))
            .AsTask();
    }

    public async Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var item in batch) await OnNextAsync(item, token);
    }

    public Task OnCompletedAsync() => throw Refuse.End();

    public Task OnErrorAsync(Exception ex) => throw Refuse.End();

    public async Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new LiveSubscription<T>(provider, streamId, observer);
        await subscription.StartAsync();
        return subscription;
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(
        IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null)
    {
        Refuse.Token(token);
        if (filterData is not null) throw new NotSupportedException("A live stream has no filters; the observer sees every item.");
        return SubscribeAsync(observer);
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => throw Refuse.Batches();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) =>
        throw Refuse.Batches();

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() =>
        throw new NotSupportedException("Subscriptions of live streams are kept by who made them and nowhere else.");

    public bool Equals(IAsyncStream<T>? other) =>
        other is LiveStream<T> && other.StreamId == streamId && other.StreamId.Namespace.Length == streamId.Namespace.Length
        && other.ProviderName == provider.Name;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => HashCode.Combine(streamId, provider.Name);

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1
        : string.CompareOrdinal(ProviderName, other.ProviderName) is var order and not 0 ? order
        : streamId.CompareTo(other.StreamId);
}
