using Microsoft.Extensions.Logging;
using Orleans.Streams;
using ToolRuntime.Engine.Cluster;

namespace ToolRuntime.Engine.Streams;

/// <summary>Streams over a cluster's channels.</summary>
internal sealed class MemoryStreamProvider(string name, IPublishSubscribe channels, ILogger<MemoryStreamProvider> logger) : IStreamProvider
{
    public string Name => name;

    public bool IsRewindable => false;

    public IPublishSubscribe Channels => channels;

    public ILogger Logger => logger;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(this, streamId);
}
