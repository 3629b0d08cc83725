using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Streams;

namespace ToolRuntime.Streams;

/// <summary>A provider of live streams: pushed, in order for a producer that awaits, at most once, kept nowhere.</summary>
internal sealed class LiveStreamProvider(string name, ILiveTransport transport, LiveStreamParts parts) : IStreamProvider
{
    public string Name => name;

    public bool IsRewindable => false;

    public ILiveTransport Transport => transport;

    public LiveStreamParts Parts => parts;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new LiveStream<T>(this, streamId);
}

/// <summary>What a provider's streams work with.</summary>
internal sealed record LiveStreamParts(
    LiveStreamOptions Options, Serializer Serializer, DeepCopier Copier, IGrainContextAccessor Grain, ILogger<LiveStreamProvider> Logger);
