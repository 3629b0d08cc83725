using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ToolRuntime.Engine.Cluster;

/// <summary>Channels between the hosts of one process.</summary>
internal sealed class MemoryPublishSubscribe : IPublishSubscribe
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Subscription>> channels = new();

    public ValueTask<IAsyncDisposable> SubscribeAsync(string channel, Action<object> receive, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var subscription = new Subscription(this, channel, receive);
        channels.AddOrUpdate(channel, static (_, added) => [added], static (_, all, added) => all.Add(added), subscription);
        return new(subscription);
    }

    public ValueTask<int> PublishAsync(string channel, object message, CancellationToken cancellationToken = default)
    {
        if (!channels.TryGetValue(channel, out var subscriptions))
            return new(0);
        foreach (var subscription in subscriptions)
            subscription.Receive(message);
        return new(subscriptions.Length);
    }

    private void Remove(Subscription subscription)
    {
        while (channels.TryGetValue(subscription.Channel, out var all))
        {
            var rest = all.Remove(subscription);
            if (rest.IsEmpty ? channels.TryRemove(new(subscription.Channel, all)) : channels.TryUpdate(subscription.Channel, rest, all))
                return;
        }
    }

    private sealed class Subscription(MemoryPublishSubscribe owner, string channel, Action<object> receive) : IAsyncDisposable
    {
        public string Channel => channel;

        public void Receive(object message) => receive(message);

        public ValueTask DisposeAsync()
        {
            owner.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
