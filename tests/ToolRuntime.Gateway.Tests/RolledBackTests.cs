namespace ToolRuntime.Gateway.Tests;

/// <summary>A store that was put back to an older copy under clients that are connected: they lose their position, whatever the log has become since.</summary>
public class RolledBackTests
{
    [Theory]
    [InlineData(0, true)] // the first event of the new history comes
    [InlineData(2, true)] // some of it came before
    [InlineData(4, true)] // it has just grown as far
    [InlineData(9, true)] // it has grown past them
    [InlineData(0, false)] // nothing comes
    [InlineData(3, false)]
    public async Task Store_WentBackUnderAConnection_ClosesWithPositionLost(int unheard, bool heard)
    {
        await using var world = await World.StartAsync(("Feeds:BusyCheckMs", heard ? 600_000 : 50), ("Feeds:IdleCheckMs", 3_600_000));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        for (var i = 0; i < 5; i++) await world.OutputAsync("s1", 2);
        await client.EventsAsync(0, 10);

        world.Log.Rewind(World.Key("s1"), 6);
        for (var i = 0; i < unheard; i++) world.Log.Append(World.Key("s1"), ("tool.output", "x1", ""));
        if (heard) await world.OutputAsync("s1");

        Assert.Equal(4001, await client.Closed);
    }

    [Fact]
    public async Task Store_WentBackAndGrew_AClientThatComesBackReadsOnlyTheNewHistory()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        await world.OutputAsync("s1", 4);
        await client.EventsAsync(0, 4);
        world.Log.Rewind(World.Key("s1"), 2);
        await world.OutputAsync("s1", 4);
        Assert.Equal(4001, await client.Closed);

        await using var next = await WireClient.ConnectAsync(world);
        Assert.True((await next.OpenAsync("s1", "\"after\":\"start\"")).GetProperty("recovered").GetBoolean());
        await next.EventsAsync(0, 6);
        await world.OutputAsync("s1", 2);
        Assert.Equal(8, WireAssert.Seq((await next.EventsAsync(6, 8))[^1]));
    }
}
