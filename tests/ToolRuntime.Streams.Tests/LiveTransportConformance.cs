using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace ToolRuntime.Streams.Tests;

/// <summary>What every transport of live streams must do. Two of <see cref="Create"/> are two processes of one cluster.</summary>
public abstract class LiveTransportConformance : IAsyncLifetime
{
    protected static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly StreamId Stream = StreamId.Create("session", "acme/s1");

    /// <summary>A transport of the cluster under test, as one of its processes has it.</summary>
    protected abstract ILiveTransport Create();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Publish_AfterSubscribing_ArrivesInOrderFromAnywhere()
    {
        var (one, other) = (Create(), Create());
        var received = new Received();
        await one.SubscribeAsync(Stream, received.Take);

        for (var i = 0; i < 500; i++) await one.PublishAsync(Stream, Item(i));
        Assert.Equal(Enumerable.Range(0, 500), await received.NextAsync(500));
        for (var i = 0; i < 500; i++) await other.PublishAsync(Stream, Item(i));
        Assert.Equal(Enumerable.Range(0, 500), await received.NextAsync(500));
    }

    [Fact]
    public async Task Publish_BeforeAnybodySubscribes_IsGone()
    {
        var transport = Create();
        var received = new Received();

        await transport.PublishAsync(Stream, Item(1));
        await transport.SubscribeAsync(Stream, received.Take);
        await transport.PublishAsync(Stream, Item(2));

        Assert.Equal([2], await received.NextAsync(1));
    }

    [Fact]
    public async Task Publish_OtherStreams_AreApart()
    {
        var transport = Create();
        var received = new Received();
        await transport.SubscribeAsync(Stream, received.Take);

        await transport.PublishAsync(StreamId.Create("session", "acme/s2"), Item(1));
        await transport.PublishAsync(StreamId.Create("other", "acme/s1"), Item(2));
        await transport.PublishAsync(StreamId.Create("sessionacme/", "s1"), Item(3));
        await transport.PublishAsync(Stream, Item(4));

        Assert.Equal([4], await received.NextAsync(1));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a b/{c}\n\u00e4\u20ac")]
    [InlineData("[a-z]?")]
    public async Task Publish_KeyWithOddCharacters_IsThatStreamAlone(string key)
    {
        var transport = Create();
        var (odd, plain) = (new Received(), new Received());
        await transport.SubscribeAsync(StreamId.Create("session", key), odd.Take);
        await transport.SubscribeAsync(Stream, plain.Take);

        await transport.PublishAsync(Stream, Item(1));
        await transport.PublishAsync(StreamId.Create("session", key), Item(2));

        Assert.Equal([1], await plain.NextAsync(1));
        Assert.Equal([2], await odd.NextAsync(1));
    }

    [Fact]
    public async Task Dispose_OneOfTwoSubscriptions_EndsThatOne()
    {
        var transport = Create();
        var (stays, goes) = (new Received(), new Received());
        await transport.SubscribeAsync(Stream, stays.Take);
        var registration = await transport.SubscribeAsync(Stream, goes.Take);

        await registration.DisposeAsync();
        await registration.DisposeAsync();
        await transport.PublishAsync(Stream, Item(1));

        Assert.Equal([1], await stays.NextAsync(1));
        Assert.Equal(0, goes.Count);
    }

    [Fact]
    public async Task Subscribe_AfterTheLastHasLeft_ReceivesAgain()
    {
        var transport = Create();
        await (await transport.SubscribeAsync(Stream, new Received().Take)).DisposeAsync();
        var received = new Received();

        await transport.SubscribeAsync(Stream, received.Take);
        await transport.PublishAsync(Stream, Item(7));

        Assert.Equal([7], await received.NextAsync(1));
    }

    [Fact]
    public async Task Subscribe_WhileOthersComeAndGo_MissesNothing()
    {
        var transport = Create();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (i, _) =>
        {
            var received = new Received();
            var registration = await transport.SubscribeAsync(Stream, item => { if ((int)item.Value == i) received.Take(item); });
            await transport.PublishAsync(Stream, Item(i));
            Assert.Equal([i], await received.NextAsync(1));
            await registration.DisposeAsync();
        });
    }

    private static LiveItem Item(int value) => new(value, Serializer);

    private sealed class Received
    {
        private readonly BlockingCollection<int> items = [];

        public int Count => items.Count;

        public void Take(LiveItem item) => items.Add((int)item.Value);

        public Task<IEnumerable<int>> NextAsync(int count) => Task.Run(() =>
        {
            using var timeout = new CancellationTokenSource(Waits.Long);
            return Enumerable.Range(0, count).Select(_ => items.Take(timeout.Token)).ToList().AsEnumerable();
        });
    }
}

public sealed class InProcessTransportTests : LiveTransportConformance
{
    private readonly string cluster = Guid.NewGuid().ToString();

    protected override ILiveTransport Create() => InProcessTransport.Of(cluster, "events");

    [Fact]
    public void Of_AnotherClusterOrProvider_IsAnother()
    {
        var transport = Create();

        Assert.Same(transport, Create());
        Assert.NotSame(transport, InProcessTransport.Of(cluster, "others"));
        Assert.NotSame(transport, InProcessTransport.Of(Guid.NewGuid().ToString(), "events"));
    }

    [Fact]
    public void Bytes_OfAnItem_MakeTheSameItemElsewhere()
    {
        var item = new LiveItem("text", Serializer);

        Assert.Equal("text", new LiveItem(item.Bytes.ToArray(), Serializer).Value);
    }
}
