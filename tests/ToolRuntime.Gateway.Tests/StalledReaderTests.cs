using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests;

[Collection("memory")]
public class StalledReaderTests
{
    [Fact]
    public async Task Publish_OneReaderStalls_CostsNoMemoryAndDelaysNobody()
    {
        const int Rounds = 100, Size = 16_384, PerRound = 64;
        await using var world = await World.StartAsync();
        using var stalled = await RawSocket.ConnectAsync(world);
        await stalled.SendAsync("""{"id":"o","type":"session.open","session":"s1"}""");
        await WireAssert.EventuallyAsync(() => world.Feeds.Standing.Any(feed => feed.Readers.Length == 1));
        await using var reader = await WireClient.ConnectAsync(world);
        await reader.OpenAsync("s1");
        await WarmUpAsync(world, reader);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        long seq = PerRound;
        for (var i = 0; i < Rounds; i++)
        {
            await world.OutputAsync("s1", PerRound, Size);
            await reader.EventsAsync(seq, seq += PerRound);
            world.Log.Trim(World.Key("s1"), seq);
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 8_000_000, $"{(long)Rounds * PerRound * Size:N0} bytes passed a stalled reader, and memory grew by {grown:N0}.");
        Assert.Equal(2, Assert.Single(world.Feeds.Standing).Readers.Length);
    }

    [Fact]
    public async Task Send_CommandsWithoutReadingAnswers_HoldsTheirSenderBack()
    {
        await using var world = await World.StartAsync();
        world.Sessions.Execute = (_, _) => Task.FromResult(new SessionReply<JsonText>(new($"\"{new string('x', 100_000)}\""), null));
        using var rude = await RawSocket.ConnectAsync(world);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 500; i++) await rude.SendAsync($$"""{"id":"m{{i}}","type":"message.send","session":"s1","text":"hi"}""");
        await using var polite = await WireClient.ConnectAsync(world);
        WireAssert.Ack(await polite.AskAsync("ping"));

        await WireAssert.EventuallyAsync(() => world.Sessions.Arrived.Count >= 64);
        Assert.InRange(world.Sessions.Arrived.Count, 64, 499);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 40_000_000, $"Memory grew by {grown:N0}.");
    }

    private static async Task WarmUpAsync(World world, WireClient reader)
    {
        await world.OutputAsync("s1", 64, 16_384);
        await reader.EventsAsync(0, 64);
        world.Log.Trim(World.Key("s1"), 64);
    }
}

[CollectionDefinition("memory", DisableParallelization = true)]
public class MemoryCollection;
