using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using StackExchange.Redis;

namespace ToolRuntime.Streams.Redis;

/// <summary>
/// The transport of a cluster over Redis' publish/subscribe, sharded on a Redis Cluster. A process has one subscription per stream, however
/// many subscribers it has for it.
/// After a connection was lost Redis' client subscribes again by itself, and nobody knows what was missed: a mark that this process
/// publishes on each of its streams shows
/// by coming back that the subscription stands, and is handed on as <see cref="LiveItem.Gap"/>.
/// </summary>
internal sealed partial class RedisTransport : ILiveTransport, IDisposable
{
    /// <summary>Between two tries to see the mark of a stream.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After so many marks in vain it is subscribed anew: Redis' client takes a connection that is back at once, before it has looked after the
    /// lost one's subscriptions, for one that still has them.
    /// </summary>
    private const int MarksInVain = 20;

    private readonly ConcurrentDictionary<RedisChannel, RedisStream> streams = new();
    private readonly IConnectionMultiplexer redis;
    private readonly ISubscriber subscriber;
    private readonly string prefix;
    private readonly bool sharded;
    private readonly Serializer serializer;
    private readonly ILogger<RedisTransport> logger;
    private readonly Guid me = Guid.NewGuid();
    private readonly CancellationTokenSource ended = new();
    private int cuts;
    private int healing;

    /// <param name="redis">The connection; stays the caller's.</param>
    /// <param name="scope">What tells the channels of a cluster and a provider from those of others on the same Redis.</param>
    /// <param name="serializer">Reads items that come.</param>
    /// <param name="logger">Where losses are logged.</param>
    public RedisTransport(IConnectionMultiplexer redis, string scope, Serializer serializer, ILogger<RedisTransport> logger)
    {
        (this.redis, this.serializer, this.logger) = (redis, serializer, logger);
        subscriber = redis.GetSubscriber();
        sharded = redis.GetServers().Any(server => server.ServerType == ServerType.Cluster);
        prefix = $"{scope}/";
        redis.ConnectionRestored += OnRestored;
    }

    public async ValueTask PublishAsync(StreamId stream, LiveItem item) => await subscriber.PublishAsync(ChannelOf(stream), item.Bytes);

    public async ValueTask<IAsyncDisposable> SubscribeAsync(StreamId stream, Action<LiveItem> receive)
    {
        ObjectDisposedException.ThrowIf(ended.IsCancellationRequested, this);
        var channel = ChannelOf(stream);
        while (true)
        {
            var shared = streams.GetOrAdd(channel, static (key, transport) => new(key, transport), this);
            if (await shared.TryAddAsync(receive) is { } subscription) return subscription;
        }
    }

    public void Dispose()
    {
        redis.ConnectionRestored -= OnRestored;
        ended.Cancel();
    }

    /// <summary>The namespace's length keeps those apart whose namespace and key are the same together.</summary>
    private RedisChannel ChannelOf(StreamId stream)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{prefix}{stream.Namespace.Length}/")), .. stream.FullKey.Span];
        return sharded ? RedisChannel.Sharded(name) : RedisChannel.Literal(name);
    }

    private Task<ChannelMessageQueue> ListenAsync(RedisChannel channel) => subscriber.SubscribeAsync(channel);

    private void Forget(RedisStream stream) => streams.TryRemove(KeyValuePair.Create(stream.Channel, stream));

    /// <summary>
    /// A connection that stands anew, of whichever kind: both may share one. Redis' client tells of each of them, but not of each that broke: one that breaks
    /// before it was fully set up, though subscriptions already went through it, is not told.
    /// </summary>
    private void OnRestored(object? sender, ConnectionFailedEventArgs restored)
    {
        Interlocked.Increment(ref cuts);
        if (Interlocked.Exchange(ref healing, 1) == 0) _ = Task.Run(HealAsync, CancellationToken.None);
    }

    /// <summary>Publishes marks until each stream has got one that was published after the last cut.</summary>
    private async Task HealAsync()
    {
        LogCut(streams.Count);
        var marks = 0;
        while (!ended.IsCancellationRequested)
        {
            var left = streams.Values.Where(stream => !stream.Stands).ToList();
            if (left.Count == 0)
            {
                Interlocked.Exchange(ref healing, 0);
                if (streams.Values.All(stream => stream.Stands) || Interlocked.Exchange(ref healing, 1) == 1) return;
            }

            try
            {
                var mark = new StreamMark(me, Volatile.Read(ref cuts)).ToBytes();
                await Task.WhenAll(left.Select(stream => subscriber.PublishAsync(stream.Channel, mark)));
                if (++marks % MarksInVain == 0) await Task.WhenAll(left.Select(stream => stream.RenewAsync()));
            }
            catch (Exception exception) when (RedisFault.Is(exception))
            {
                LogNotYet(exception);
            }

            await Task.Delay(Again, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "The connection to Redis was lost and is back; subscribers of {Count} live streams are told to look for what they missed.")]
    private partial void LogCut(int count);

    [LoggerMessage(1502, LogLevel.Debug, "Streams can't be looked after yet.")]
    private partial void LogNotYet(Exception exception);

    [LoggerMessage(1503, LogLevel.Warning, "Unsubscribing failed; the subscription ends with the connection.")]
    private partial void LogUnsubscribeFailed(Exception exception);

    /// <summary>A stream's subscription in Redis, shared by its subscribers here; it is there from the first to the last of them, and then
    /// never again.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody waits for by its handle holds nothing.")]
    private sealed class RedisStream(RedisChannel channel, RedisTransport transport)
    {
        private readonly SemaphoreSlim turn = new(1);
        private volatile Subscription[] subscriptions = [];
        private ChannelMessageQueue? queue;
        private bool closed;
        private int stood = Volatile.Read(ref transport.cuts);

        public RedisChannel Channel => channel;

        /// <summary>Whether nothing can have been missed since subscribers were last told.</summary>
        public bool Stands => Volatile.Read(ref stood) == Volatile.Read(ref transport.cuts);

        /// <summary>Null: its last subscriber has just left.</summary>
        public async Task<Subscription?> TryAddAsync(Action<LiveItem> receive)
        {
            await turn.WaitAsync();
            try
            {
                if (closed) return null;
                var added = new Subscription(this, receive);
                subscriptions = [.. subscriptions, added];
                if (queue is not null) return added;
                try
                {
                    queue = await transport.ListenAsync(channel);
                    queue.OnMessage(Receive);
                    return added;
                }
                catch
                {
                    Close();
                    throw;
                }
            }
            finally
            {
                turn.Release();
            }
        }

        /// <summary>Subscribes anew. What is missed meanwhile was missed before: it does not stand.</summary>
        public async Task RenewAsync()
        {
            await turn.WaitAsync();
            try
            {
                if (closed || queue is null || Stands) return;
                await queue.UnsubscribeAsync();
                queue = await transport.ListenAsync(channel);
                queue.OnMessage(Receive);
            }
            finally
            {
                turn.Release();
            }
        }

        public async Task RemoveAsync(Subscription subscription)
        {
            await turn.WaitAsync();
            try
            {
                subscriptions = [.. subscriptions.Where(other => other != subscription)];
                if (closed || subscriptions.Length > 0) return;
                try
                {
                    // Before another may take this one's place: Redis' client would send its SUBSCRIBE and our UNSUBSCRIBE in any order.
                    await queue!.UnsubscribeAsync();
                }
                catch (Exception exception) when (RedisFault.Is(exception))
                {
                    transport.LogUnsubscribeFailed(exception);
                }
                finally
                {
                    Close();
                }
            }
            finally
            {
                turn.Release();
            }
        }

        private void Close()
        {
            closed = true;
            transport.Forget(this);
        }

        private void Receive(ChannelMessage message)
        {
            byte[] bytes = message.Message!;
            if (StreamMark.TryRead(bytes) is not { } mark) Tell(new(bytes, transport.serializer));
            else if (mark.Process == transport.me && Interlocked.Exchange(ref stood, mark.Cut) != mark.Cut) Tell(LiveItem.Gap);
        }

        private void Tell(LiveItem item)
        {
            foreach (var subscription in subscriptions) subscription.Receive(item);
        }
    }

    private sealed class Subscription(RedisStream stream, Action<LiveItem> receive) : IAsyncDisposable
    {
        private int disposed;

        public Action<LiveItem> Receive => receive;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0) await stream.RemoveAsync(this);
        }
    }
}
