using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests;

/// <summary>What is deleted goes from the gateway's memory, and who has a deleted session open is told.</summary>
public class ErasureTests
{
    [Fact]
    public async Task Deleted_OpenOnTwoConnections_BothAreToldAndStayConnected()
    {
        await using var world = await World.StartAsync();
        await using var one = await WireClient.ConnectAsync(world);
        await using var two = await WireClient.ConnectAsync(world);
        await one.OpenAsync("s1");
        await two.OpenAsync("s1");
        await one.OpenAsync("other");
        await world.OutputAsync("s1");
        await one.EventsAsync(0, 1);
        await two.EventsAsync(0, 1);

        world.Log.Delete(World.Key("s1"));
        await world.DeliverAsync("s1", new("epoch1", 1, 1, [], DeletedBy: "bob"));

        foreach (var client in (WireClient[])[one, two])
        {
            var signal = await client.NextAsync("signal");
            Assert.Equal(("s1", "deleted", "bob"), (signal.GetProperty("session").GetString(), signal.GetProperty("kind").GetString(), signal.GetProperty("from").GetString()));
        }

        Assert.Equal("other", Assert.Single(world.Feeds.Standing).Key.Session);
        await world.OutputAsync("other");
        await one.EventsAsync(0, 1);
        var again = await one.OpenAsync("s1");
        Assert.False(again.GetProperty("recovered").GetBoolean());
        await world.OutputAsync("s1");
        Assert.Equal("s1", (await one.NextAsync("events")).GetProperty("session").GetString());
    }

    [Fact]
    public async Task Deleted_EventStream_Ends()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, "/v1/sessions/s1/events?after=start");
        await stream.NextAsync();

        world.Log.Delete(World.Key("s1"));
        await world.DeliverAsync("s1", new("epoch1", 1, 1, [], DeletedBy: "bob"));

        Assert.Equal("end", (await stream.NextAsync())!.Type);
    }

    [Theory]
    [InlineData("message.deleted")]
    [InlineData("session.reset")]
    public async Task Erased_ReaderThatHasNotComeSoFar_ReadsTheLogAndNotWhatWasInMemory(string type)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        for (var i = 0; i < 3; i++) await world.PublishAsync("s1", ("message.created", "m1", "\"messageId\":\"m1\",\"text\":\"SECRET\""));
        await client.EventsAsync(0, 3);
        world.Log.Blank(World.Key("s1"));
        await world.PublishAsync("s1", (type, "m1", "\"messageId\":\"m1\""));
        await client.EventsAsync(3, 4);

        await using var late = await WireClient.ConnectAsync(world);
        await late.OpenAsync("s1", "\"after\":{\"epoch\":\"epoch1\",\"seq\":0}");
        var events = await late.EventsAsync(0, 4);

        Assert.Equal([type], events.Skip(3).Select(e => e.GetProperty("type").GetString()));
        Assert.DoesNotContain(events, e => e.GetRawText().Contains("SECRET", StringComparison.Ordinal));
    }
}
