using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ToolRuntime.Streams;

/// <summary>The transport of a cluster whose hosts live in one process: an item is handed over as it is.</summary>
public sealed class InProcessTransport : ILiveTransport
{
    private static readonly ConcurrentDictionary<string, WeakReference<InProcessTransport>> Shared = new();

    private readonly ConcurrentDictionary<Place, ImmutableArray<Subscription>> streams = new();

    /// <summary>The one of a cluster and a provider; all hosts of that cluster in this process share it.</summary>
    public static InProcessTransport Of(string cluster, string provider)
    {
        var key = $"{cluster}/{provider}";
        lock (Shared)
        {
            foreach (var (gone, _) in Shared.Where(entry => !entry.Value.TryGetTarget(out _)).ToList()) Shared.TryRemove(gone, out _);
            if (Shared.TryGetValue(key, out var known) && known.TryGetTarget(out var transport)) return transport;
            transport = new();
            Shared[key] = new(transport);
            return transport;
        }
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(StreamId stream, LiveItem item)
    {
        if (!streams.TryGetValue(Place.Of(stream), out var subscriptions)) return ValueTask.CompletedTask;
        foreach (var subscription in subscriptions) subscription.Receive(item);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(StreamId stream, Action<LiveItem> receive)
    {
        var subscription = new Subscription(this, Place.Of(stream), receive);
        streams.AddOrUpdate(subscription.Stream, static (_, mine) => [mine], static (_, others, mine) => others.Add(mine), subscription);
        return ValueTask.FromResult<IAsyncDisposable>(subscription);
    }

    private void Remove(Subscription subscription)
    {
        while (streams.TryGetValue(subscription.Stream, out var all))
        {
            var rest = all.Remove(subscription);
            var removed = rest.IsEmpty
                ? streams.TryRemove(KeyValuePair.Create(subscription.Stream, all))
                : streams.TryUpdate(subscription.Stream, rest, all);
            if (removed) return;
        }
    }

    /// <summary>Orleans' equality of ids ignores where the namespace ends and the key begins.</summary>
    private readonly record struct Place(StreamId Stream, int NamespaceLength)
    {
        public static Place Of(StreamId stream) => new(stream, stream.Namespace.Length);
    }

    private sealed class Subscription(InProcessTransport transport, Place stream, Action<LiveItem> receive) : IAsyncDisposable
    {
        public Place Stream => stream;

        public Action<LiveItem> Receive => receive;

        public ValueTask DisposeAsync()
        {
            transport.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
