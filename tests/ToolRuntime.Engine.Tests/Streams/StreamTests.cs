using System.Collections.Concurrent;
using Orleans.Streams;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Streams;

public interface IStreamGrain : IGrainWithStringKey
{
    Task Publish(string key, int from, int count);

    Task Subscribe(string key);

    Task Deactivate();

    Task Barrier();
}

[GrainType("stream")]
internal sealed class StreamGrain(Journal journal) : Grain, IStreamGrain
{
    public async Task Publish(string key, int from, int count)
    {
        var stream = Stream(key);
        for (var i = from; i < from + count; i++)
            await stream.OnNextAsync(i);
    }

    public Task Subscribe(string key)
    {
        var turn = TaskScheduler.Current;
        return Stream(key).SubscribeAsync(async (item, _) =>
        {
            journal.Add($"begin {item}");
            await Task.Yield();
            journal.Add($"end {item} in turn: {TaskScheduler.Current == turn}");
        });
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Barrier() => Task.CompletedTask;

    private IAsyncStream<int> Stream(string key) => this.GetStreamProvider(Clusters.Stream).GetStream<int>(StreamId.Create("numbers", key));
}

public sealed class StreamTests : IAsyncLifetime
{
    private InProcessTestCluster cluster = null!;

    private IStreamGrain Publisher => cluster.Client.GetGrain<IStreamGrain>("publisher");

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Publish_AfterSubscribeReturned_DeliversAllInOrderToEachSubscriber()
    {
        var (first, second) = (new Subscriber(1000), new Subscriber(1000));
        await Stream("a").SubscribeAsync(first.OnNextAsync);
        await Stream("a").SubscribeAsync(second.OnNextAsync);

        await Publisher.Publish("a", 0, 1000);

        Assert.Equal(Enumerable.Range(0, 1000), await first.AllAsync());
        Assert.Equal(Enumerable.Range(0, 1000), await second.AllAsync());
    }

    [Fact]
    public async Task Publish_ByClientInABatch_Delivers()
    {
        var subscriber = new Subscriber(3);
        await Stream("a").SubscribeAsync(subscriber.OnNextAsync);

        await Stream("a").OnNextBatchAsync([1, 2, 3]);

        Assert.Equal([1, 2, 3], await subscriber.AllAsync());
    }

    [Fact]
    public async Task Publish_BeforeSubscribing_IsNotKept()
    {
        await Publisher.Publish("a", 0, 10);
        var subscriber = new Subscriber(1);
        await Stream("a").SubscribeAsync(subscriber.OnNextAsync);
        await Publisher.Publish("a", 10, 1);

        Assert.Equal([10], await subscriber.AllAsync());
    }

    [Fact]
    public async Task Publish_ToAnotherStream_IsNotDelivered()
    {
        var subscriber = new Subscriber(1);
        await Stream("a").SubscribeAsync(subscriber.OnNextAsync);
        await Publisher.Publish("b", 0, 1);
        await Publisher.Publish("a", 1, 1);

        Assert.Equal([1], await subscriber.AllAsync());
    }

    [Fact]
    public async Task Unsubscribe_NoMoreItems()
    {
        var (ended, lasting) = (new Subscriber(1), new Subscriber(2));
        var handle = await Stream("a").SubscribeAsync(ended.OnNextAsync);
        await Stream("a").SubscribeAsync(lasting.OnNextAsync);
        await Publisher.Publish("a", 0, 1);
        await ended.AllAsync();

        await handle.UnsubscribeAsync();
        await Publisher.Publish("a", 1, 1);

        Assert.Equal([0, 1], await lasting.AllAsync());
        Assert.Equal([0], await ended.AllAsync());
    }

    [Fact]
    public async Task Observer_Throws_GetsTheNextItem()
    {
        var subscriber = new Subscriber(2);
        await Stream("a").SubscribeAsync((item, token) => item == 0 ? throw new InvalidOperationException() : subscriber.OnNextAsync(item, token));

        await Publisher.Publish("a", 0, 3);

        Assert.Equal([1, 2], await subscriber.AllAsync());
    }

    [Fact]
    public async Task SlowSubscriber_DoesNotHoldUpThePublisher()
    {
        var (slow, fast) = (new TaskCompletionSource(), new Subscriber(100));
        await Stream("a").SubscribeAsync((_, _) => slow.Task);
        await Stream("a").SubscribeAsync(fast.OnNextAsync);

        await Publisher.Publish("a", 0, 100).WaitAsync(Waits.Long);

        Assert.Equal(100, (await fast.AllAsync()).Count);
        slow.SetResult();
    }

    [Fact]
    public async Task GrainSubscriber_GetsItemsAsRequestsOneAfterTheOther()
    {
        await cluster.Client.GetGrain<IStreamGrain>("subscriber").Subscribe("a");

        await Publisher.Publish("a", 0, 2);
        await cluster.Journal().UntilCountAsync(4);

        Assert.Equal(["begin 0", "end 0 in turn: True", "begin 1", "end 1 in turn: True"], cluster.Journal().Entries);
    }

    [Fact]
    public async Task GrainSubscriber_Deactivated_IsUnsubscribed()
    {
        var subscriber = cluster.Client.GetGrain<IStreamGrain>("subscriber");
        await subscriber.Subscribe("a");
        await subscriber.Deactivate();
        await subscriber.Barrier();

        await Publisher.Publish("a", 0, 2);
        await subscriber.Barrier();

        Assert.Empty(cluster.Journal().Entries);
    }

    private IAsyncStream<int> Stream(string key) => cluster.Client.GetStreamProvider(Clusters.Stream).GetStream<int>(StreamId.Create("numbers", key));

    private sealed class Subscriber(int expected)
    {
        private readonly ConcurrentQueue<int> items = new();
        private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task OnNextAsync(int item, StreamSequenceToken? token)
        {
            items.Enqueue(item);
            if (items.Count == expected)
                all.SetResult();
            return Task.CompletedTask;
        }

        public async Task<IReadOnlyCollection<int>> AllAsync()
        {
            await all.Task.WaitAsync(Waits.Long);
            return items;
        }
    }
}
