using Orleans.Runtime;
using Orleans.Streams;
using ToolRuntime.Sessions;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>Live delivery of a silo: takes its time, drops.</summary>
internal sealed class LiveStreams(VirtualSilo silo, Action<SessionKey, SessionFrame> published) : IStreamProvider
{
    public string Name => SessionStreams.Provider;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => typeof(T) != typeof(SessionFrame) ? new Unheard<T>(streamId) : (IAsyncStream<T>)(object)new Stream(silo, frame => published(SessionKey.Parse(streamId.GetKeyAsString()), frame), streamId);

    private sealed class Stream(VirtualSilo silo, Action<SessionFrame> published, StreamId id) : IAsyncStream<SessionFrame>
    {
        public bool IsRewindable => false;

        public string ProviderName => SessionStreams.Provider;

        public StreamId StreamId => id;

        public Task OnNextAsync(SessionFrame item, StreamSequenceToken? token = null) => silo.AskAsync(() =>
        {
            published(item);
            return true;
        });

        public Task OnNextBatchAsync(IEnumerable<SessionFrame> batch, StreamSequenceToken? token = null) => throw new NotSupportedException();

        public Task OnCompletedAsync() => throw new NotSupportedException();

        public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();

        public Task<IList<StreamSubscriptionHandle<SessionFrame>>> GetAllSubscriptionHandles() => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<SessionFrame>> SubscribeAsync(IAsyncObserver<SessionFrame> observer) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<SessionFrame>> SubscribeAsync(IAsyncObserver<SessionFrame> observer, StreamSequenceToken? token, string? filterData = null) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<SessionFrame>> SubscribeAsync(IAsyncBatchObserver<SessionFrame> observer) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<SessionFrame>> SubscribeAsync(IAsyncBatchObserver<SessionFrame> observer, StreamSequenceToken? token) => throw new NotSupportedException();

        public bool Equals(IAsyncStream<SessionFrame>? other) => ReferenceEquals(this, other);

        public int CompareTo(IAsyncStream<SessionFrame>? other) => throw new NotSupportedException();
    }

    /// <summary>A stream to which nobody listens.</summary>
    private sealed class Unheard<T>(StreamId id) : IAsyncStream<T>
    {
        public bool IsRewindable => false;

        public string ProviderName => SessionStreams.Provider;

        public StreamId StreamId => id;

        public Task OnNextAsync(T item, StreamSequenceToken? token = null) => Task.CompletedTask;

        public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => throw new NotSupportedException();

        public Task OnCompletedAsync() => throw new NotSupportedException();

        public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();

        public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => throw new NotSupportedException();

        public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) => throw new NotSupportedException();

        public bool Equals(IAsyncStream<T>? other) => ReferenceEquals(this, other);

        public int CompareTo(IAsyncStream<T>? other) => throw new NotSupportedException();
    }
}
