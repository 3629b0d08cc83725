using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.TestingHost;

namespace ToolRuntime.Streams.Tests;

public abstract class LiveStreamTests(short silos) : IAsyncLifetime
{
    public const string Provider = "live";
    private const string Other = "other";
    private const int QueueLength = 64;

    private InProcessTestCluster cluster = null!;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureClient(client => client.AddLiveStreams(Provider, o => o.QueueLength = QueueLength).AddLiveStreams(Other));
        builder.ConfigureSilo((_, silo) => silo.AddLiveStreams(Provider).AddLiveStreams(Other));
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Publish_ByGrainsOfAnySilo_ReachesTheClientInOrder()
    {
        var seen = Channel.CreateUnbounded<int>();
        await Stream("a").SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());

        for (var grain = 0; grain < 8; grain++)
        {
            await Grain($"publisher{grain}").Publish("a", grain * 50, 50);
            Assert.Equal(Enumerable.Range(grain * 50, 50), await NextAsync(seen, 50));
        }
    }

    [Fact]
    public async Task Publish_ByTheClientAndOutsideATurn_ReachesGrainsInTheirTurns()
    {
        var grain = Grain("reader");
        await grain.Subscribe("b");

        await Stream("b").OnNextBatchAsync([1, 2, 3]);
        await Grain("publisher").PublishOutside("b", 4);

        await UntilAsync(async () => (await grain.Seen()).Items.Length == 4);
        var (items, inTurns, _) = await grain.Seen();
        Assert.Equal([1, 2, 3, 4], items);
        Assert.True(inTurns);
    }

    [Fact]
    public async Task Subscription_OfAGrain_EndsWithItsActivation()
    {
        var grain = Grain("leaver");
        await grain.Subscribe("c");
        var (_, _, first) = await grain.Seen();

        await grain.Leave();
        await UntilAsync(async () => (await grain.Seen()).Activation != first);
        await Stream("c").OnNextAsync(1);
        await grain.Subscribe("c");
        await Stream("c").OnNextAsync(2);

        await UntilAsync(async () => (await grain.Seen()).Items.Length > 0);
        Assert.Equal(2, Assert.Single((await grain.Seen()).Items));
    }

    [Fact]
    public async Task Subscriber_SlowOrFailing_HoldsUpNobody()
    {
        var seen = Channel.CreateUnbounded<int>();
        var (slow, begun, gate) = (Channel.CreateUnbounded<int>(), new TaskCompletionSource(), new TaskCompletionSource());
        var failures = 0;
        await Stream("d").SubscribeAsync(async (item, _) =>
        {
            begun.TrySetResult();
            await gate.Task;
            await slow.Writer.WriteAsync(item);
        });
        await Stream("d").SubscribeAsync((_, _) => Interlocked.Increment(ref failures) > 0 ? throw new InvalidOperationException("It breaks.") : Task.CompletedTask);
        await Stream("d").SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());

        for (var i = 0; i < 200; i++)
        {
            await Stream("d").OnNextAsync(i);
            Assert.Equal([i], await NextAsync(seen, 1));
            await begun.Task.WaitAsync(Waits.Long);
            var thrown = i + 1;
            await UntilAsync(() => Task.FromResult(Volatile.Read(ref failures) == thrown));
        }

        gate.SetResult();
        // One was being delivered, the queue was full behind it, and what came on top is lost to this one alone.
        Assert.Equal(Enumerable.Range(0, QueueLength + 1), await NextAsync(slow, QueueLength + 1));
        await Stream("d").OnNextAsync(1_000);
        Assert.Equal([1_000], await NextAsync(slow, 1));
    }

    [Fact]
    public async Task Unsubscribe_WithItemsWaiting_BeginsNoFurtherDelivery()
    {
        var (begun, gate, count) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var handle = await Stream("e").SubscribeAsync(async (_, _) =>
        {
            Interlocked.Increment(ref count);
            begun.TrySetResult();
            await gate.Task;
        });
        for (var i = 0; i < 10; i++) await Stream("e").OnNextAsync(i);
        await begun.Task.WaitAsync(Waits.Long);

        await handle.UnsubscribeAsync();
        gate.SetResult();
        var seen = Channel.CreateUnbounded<int>();
        await Stream("e").SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());
        await Stream("e").OnNextAsync(11);

        Assert.Equal([11], await NextAsync(seen, 1));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task Publish_ItemThatChangesAfterwards_IsDeliveredAsItWas()
    {
        var seen = Channel.CreateUnbounded<Changing>();
        var stream = cluster.Client.GetStreamProvider(Provider).GetStream<Changing>(StreamId.Create("changing", "f"));
        await stream.SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());
        await stream.SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());
        var published = new Changing { Value = 1 };

        await stream.OnNextAsync(published);
        published.Value = 2;

        using var timeout = new CancellationTokenSource(Waits.Long);
        var (one, two) = (await seen.Reader.ReadAsync(timeout.Token), await seen.Reader.ReadAsync(timeout.Token));
        Assert.Equal((1, 1), (one.Value, two.Value));
        Assert.NotSame(one, two);
    }

    [Fact]
    public async Task Providers_OfTwoNames_AreApart()
    {
        var seen = Channel.CreateUnbounded<int>();
        await Stream("g").SubscribeAsync((item, _) => seen.Writer.WriteAsync(item).AsTask());

        await cluster.Client.GetStreamProvider(Other).GetStream<int>(StreamId.Create("numbers", "g")).OnNextAsync(1);
        await Stream("g").OnNextAsync(2);

        Assert.Equal([2], await NextAsync(seen, 1));
    }

    [Fact]
    public async Task Members_ThatMakeNoSense_SayWhy()
    {
        var (stream, token, observer) = (Stream("h"), new Orleans.Providers.Streams.Common.EventSequenceTokenV2(1), new Nobody());
        var handle = await stream.SubscribeAsync((IAsyncObserver<int>)observer);

        Action[] unsupported =
        [
            () => stream.OnNextAsync(1, token),
            () => stream.OnCompletedAsync(),
            () => stream.OnErrorAsync(new InvalidOperationException()),
            () => stream.GetAllSubscriptionHandles(),
            () => stream.SubscribeAsync(observer, token),
            () => stream.SubscribeAsync(observer, null, "filter"),
            () => stream.SubscribeAsync((IAsyncBatchObserver<int>)observer),
            () => handle.ResumeAsync((IAsyncObserver<int>)observer),
        ];
        Assert.All(unsupported, call => Assert.NotEmpty(Assert.Throws<NotSupportedException>(call).Message));
    }

    [Fact]
    public async Task Streams_OfOneId_AreEqualAndHandlesAreNot()
    {
        Assert.Equal(Stream("i"), Stream("i"));
        Assert.NotEqual(Stream("i"), Stream("j"));
        Assert.Equal(0, Stream("i").CompareTo(Stream("i")));
        Assert.Equal(Math.Sign(Stream("i").CompareTo(Stream("j"))), -Math.Sign(Stream("j").CompareTo(Stream("i"))));
        var (one, other) = (await Stream("i").SubscribeAsync((IAsyncObserver<int>)new Nobody()), await Stream("i").SubscribeAsync((IAsyncObserver<int>)new Nobody()));
        Assert.NotEqual(one, other);
        Assert.NotEqual(one.HandleId, other.HandleId);
        Assert.Equal((Provider, Stream("i").StreamId), (one.ProviderName, one.StreamId));
    }

    private IStreamGrain Grain(string key) => cluster.Client.GetGrain<IStreamGrain>(key);

    private IAsyncStream<int> Stream(string key) => cluster.Client.GetStreamProvider(Provider).GetStream<int>(StreamId.Create("numbers", key));

    private static async Task<List<T>> NextAsync<T>(Channel<T> channel, int count)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        var items = new List<T>();
        while (items.Count < count) items.Add(await channel.Reader.ReadAsync(timeout.Token));
        return items;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (!await holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Nobody : IAsyncObserver<int>, IAsyncBatchObserver<int>
    {
        public Task OnNextAsync(int item, StreamSequenceToken? token = null) => Task.CompletedTask;

        public Task OnNextAsync(IList<SequentialItem<int>> items) => Task.CompletedTask;

        public Task OnCompletedAsync() => Task.CompletedTask;

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}

public sealed class LiveStreamOnOneSiloTests() : LiveStreamTests(1);

public sealed class LiveStreamOnTwoSilosTests() : LiveStreamTests(2);
