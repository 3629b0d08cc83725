using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

public class DeliveryTests
{
    [Fact]
    public async Task Publish_TwoTabs_BothGetTheSameBytes()
    {
        await using var world = await World.StartAsync();
        await using var one = await WireClient.ConnectAsync(world);
        await using var two = await WireClient.ConnectAsync(world);
        await one.OpenAsync("s1");
        await two.OpenAsync("s1");

        for (var i = 0; i < 50; i++) await world.OutputAsync("s1", 2);

        var (first, second) = (await one.EventsAsync(0, 100), await two.EventsAsync(0, 100));
        Assert.Equal(100, first.Count);
        Assert.Equal(first.Select(@event => @event.GetRawText()), second.Select(@event => @event.GetRawText()));
        Assert.Single(world.Feeds.Standing);
    }

    [Fact]
    public async Task Publish_FrameLost_IsReadFromTheLogWhenTheNextComes()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await world.OutputAsync("s1");
        for (var i = 0; i < 3; i++) world.Log.Append(World.Key("s1"), ("tool.output", "x1", ""));
        await world.OutputAsync("s1");

        Assert.Equal([1L, 2, 3, 4, 5], (await client.EventsAsync(0, 5)).Select(WireAssert.Seq));
    }

    [Fact]
    public async Task Publish_LastFramesLost_AreFoundByAskingForTheHead()
    {
        await using var world = await World.StartAsync(("Feeds:BusyCheckMs", 50));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await world.OutputAsync("s1");
        world.Log.Append(World.Key("s1"), ("tool.output", "x1", ""));

        Assert.Equal([1L, 2], (await client.EventsAsync(0, 2)).Select(WireAssert.Seq));
    }

    [Fact]
    public async Task Watch_ManySilentSessions_AskedInOneCall()
    {
        await using var world = await World.StartAsync(("Feeds:BusyCheckMs", 100), ("Feeds:IdleCheckMs", 100));
        await using var client = await WireClient.ConnectAsync(world);
        for (var i = 0; i < 20; i++) await client.OpenAsync($"s{i}");
        var before = world.Log.HeadReads;

        for (var i = 0; i < 20; i++) world.Log.Append(World.Key($"s{i}"), ("tool.output", "x1", ""));
        for (var i = 0; i < 20; i++) await client.NextAsync("events");

        Assert.InRange(world.Log.HeadReads - before, 1, 19);
    }

    [Fact]
    public async Task Publish_RepeatedAndReordered_EachEventComesOnceInOrder()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        var frames = Enumerable.Range(0, 8).Select(_ => world.Log.Append(World.Key("s1"), ("tool.output", "x1", ""), ("tool.output", "x1", ""))).ToList();
        foreach (var i in (int[])[0, 2, 1, 1, 4, 3, 0, 7, 6, 5]) await world.DeliverAsync("s1", frames[i]);

        Assert.Equal(Enumerable.Range(1, 16).Select(i => (long)i), (await client.EventsAsync(0, 16)).Select(WireAssert.Seq));
    }

    [Fact]
    public async Task Publish_OverlappingFrames_EachEventComesOnce()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        var first = world.Log.Append(World.Key("s1"), ("a", null, ""), ("b", null, ""));
        var second = world.Log.Append(World.Key("s1"), ("c", null, ""));
        await world.DeliverAsync("s1", first);
        await world.DeliverAsync("s1", new(first.Epoch, 1, 3, [first.Events[1], .. second.Events]));

        Assert.Equal([1L, 2, 3], (await client.EventsAsync(0, 3)).Select(WireAssert.Seq));
    }

    [Fact]
    public async Task Publish_AnotherEpoch_ClosesWithPositionLost()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 5);
        await client.OpenAsync("s1");

        world.Log.Renew(World.Key("s1"));
        await world.OutputAsync("s1");

        Assert.Equal(4001, await client.Closed);
    }

    [Fact]
    public async Task Watch_SessionGone_ClosesWithPositionLost()
    {
        await using var world = await World.StartAsync(("Feeds:BusyCheckMs", 50));
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 5);
        await client.OpenAsync("s1");

        world.Log.Delete(World.Key("s1"));

        Assert.Equal(4001, await client.Closed);
    }

    [Fact]
    public async Task Publish_MoreThanTheRingHolds_RestComesFromTheLog()
    {
        await using var world = await World.StartAsync(("Feeds:RingEvents", 4));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await world.OutputAsync("s1", 100);

        Assert.Equal(100, (await client.EventsAsync(0, 100)).Count);
        Assert.True(world.Log.PageReads > 0);
    }

    [Fact]
    public async Task Publish_LargeEvents_FramesStayBelowTheirLimitUnlessOneEventIsLarger()
    {
        await using var world = await World.StartAsync(("Connections:EventFrameBytes", 8_192));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await world.OutputAsync("s1", 20, size: 3_000);
        await world.OutputAsync("s1", 1, size: 30_000);

        for (long seq = 0; seq < 21;)
        {
            var frame = await client.NextAsync("events");
            seq = frame.GetProperty("seq").GetInt64();
            var events = frame.GetProperty("events");
            Assert.True(events.GetArrayLength() == 1 || events.GetRawText().Length <= 8_192 + 2);
        }
    }

    [Fact]
    public async Task Publish_ReaderLags_GetsProgressOnlyInItsLatestForm()
    {
        await using var world = await World.StartAsync(("Connections:EventFrameBytes", 2_048));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await world.PublishAsync("s1", [.. Enumerable.Range(0, 100).Select(i => ("tool.progress", (string?)"x1", $"\"percent\":{i}")), .. Enumerable.Range(0, 5).Select(i => ("tool.output", (string?)"x1", ""))]);
        var events = await client.EventsAsync(0, 105);

        Assert.Equal(99, Assert.Single(events, @event => Type(@event) == "tool.progress").GetProperty("percent").GetInt32());
        Assert.Equal(5, events.Count(@event => Type(@event) == "tool.output"));
    }

    [Fact]
    public async Task Publish_ReaderWithMaxRate_GetsFewerFramesAndTheLatestProgress()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1", "\"maxRate\":2");

        await world.PublishAsync("s1", ("tool.progress", "x1", "\"percent\":0"));
        await client.EventsAsync(0, 1);
        for (var i = 1; i <= 20; i++) await world.PublishAsync("s1", ("tool.progress", "x1", $"\"percent\":{i}"));
        var frame = await client.NextAsync("events");

        Assert.Equal(21, frame.GetProperty("seq").GetInt64());
        Assert.Equal(20, Assert.Single(frame.GetProperty("events").EnumerateArray()).GetProperty("percent").GetInt32());
    }

    [Fact]
    public async Task Publish_StoreBrokenWhileCatchingUp_GoesOnWhenItIsBack()
    {
        await using var world = await World.StartAsync(("Feeds:BusyCheckMs", 600_000));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        world.Log.Append(World.Key("s1"), ("tool.output", "x1", ""));
        world.Log.Broken = true;
        await world.OutputAsync("s1");
        await client.AskAsync("ping");
        world.Log.Broken = false;

        Assert.Equal([1L, 2], (await client.EventsAsync(0, 2)).Select(WireAssert.Seq));
    }

    private static string? Type(JsonElement @event) => @event.GetProperty("type").GetString();
}
