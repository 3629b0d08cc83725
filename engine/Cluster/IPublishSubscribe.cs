namespace ToolRuntime.Engine.Cluster;

/// <summary>
/// Live messages between the hosts of a cluster. At most once; in order for one publisher that awaits; nothing is kept.
/// Messages are immutable contract types; an implementation that leaves the process serialises them.
/// </summary>
internal interface IPublishSubscribe
{
    /// <summary>Returns when the subscription stands. <paramref name="receive"/> must not block.</summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(string channel, Action<object> receive, CancellationToken cancellationToken = default);

    /// <summary>Returns how many subscribers it was handed to.</summary>
    ValueTask<int> PublishAsync(string channel, object message, CancellationToken cancellationToken = default);
}
