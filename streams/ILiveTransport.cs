namespace ToolRuntime.Streams;

/// <summary>
/// Carries a provider's items between the processes of a cluster, or within one. At most once, kept nowhere; what one publisher sent one
/// after the other
/// arrives in that order. What every transport must do is in <c>LiveTransportConformance</c>.
/// </summary>
public interface ILiveTransport
{
    /// <summary>Sends an item to whoever is subscribed now. Waits for no subscriber.</summary>
    /// <exception cref="Exception">The transport is away; the item may have arrived all the same.</exception>
    ValueTask PublishAsync(StreamId stream, LiveItem item);

    /// <summary>
    /// Subscribes. The subscription stands when this has completed: whatever anybody publishes from then on arrives, one item after the
    /// other.
    /// Where some may have been lost, as after the transport was away, <see cref="LiveItem.Gap"/> comes as soon as the subscription stands
    /// again. Disposing the result ends it.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="receive">Takes an item; returns at once and never throws.</param>
    ValueTask<IAsyncDisposable> SubscribeAsync(StreamId stream, Action<LiveItem> receive);
}
