using Orleans.Streams;

namespace ToolRuntime.Streams.Tests;

/// <summary>Publishes to, and reads from, streams of its key.</summary>
public interface IStreamGrain : IGrainWithStringKey
{
    Task Publish(string key, int from, int count);

    /// <summary>Publishes from a thread of the pool, outside the grain's turn.</summary>
    Task PublishOutside(string key, int item);

    Task Subscribe(string key);

    Task<(int[] Items, bool InTurns, Guid Activation)> Seen();

    Task Leave();
}

[GenerateSerializer]
public sealed class Changing
{
    [Id(0)] public int Value { get; set; }
}

internal sealed class StreamGrain : Grain, IStreamGrain
{
    private readonly List<int> seen = [];
    private readonly Guid activation = Guid.NewGuid();
    private bool inTurns = true;

    public async Task Publish(string key, int from, int count)
    {
        for (var i = from; i < from + count; i++) await Stream(key).OnNextAsync(i);
    }

    public Task PublishOutside(string key, int item)
    {
        var stream = Stream(key);
        return Task.Run(() => stream.OnNextAsync(item));
    }

    public Task Subscribe(string key)
    {
        var scheduler = TaskScheduler.Current;
        return Stream(key).SubscribeAsync((item, _) =>
        {
            inTurns &= TaskScheduler.Current == scheduler;
            seen.Add(item);
            return Task.CompletedTask;
        });
    }

    public Task<(int[] Items, bool InTurns, Guid Activation)> Seen() => Task.FromResult((seen.ToArray(), inTurns, activation));

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private IAsyncStream<int> Stream(string key) => this.GetStreamProvider(LiveStreamTests.Provider).GetStream<int>(StreamId.Create("numbers", key));
}
