namespace ToolRuntime.Gateway.Tests;

public class HeartbeatTests
{
    [Fact]
    public async Task Heartbeat_Always_TellsWhatWasSent()
    {
        await using var world = await World.StartAsync(("Connections:HeartbeatMs", 60));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        await world.OutputAsync("s1", 3);
        await client.EventsAsync(0, 3);

        var head = await HeadOfAsync(client, "s1", 3);

        Assert.Equal("epoch1", head);
    }

    [Fact]
    public async Task Heartbeat_FilterLeftNothing_MovesTheCursorWithAnEmptyFrame()
    {
        await using var world = await World.StartAsync(("Connections:HeartbeatMs", 60));
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1", "\"types\":[\"batch.completed\"]");

        await world.OutputAsync("s1", 7);
        var frame = await client.NextAsync("events");

        Assert.Equal(0, frame.GetProperty("after").GetInt64());
        Assert.Equal(7, frame.GetProperty("seq").GetInt64());
        Assert.Equal(0, frame.GetProperty("events").GetArrayLength());
        await HeadOfAsync(client, "s1", 7);
    }

    [Fact]
    public async Task Heartbeat_PeerThatAnswersNoPing_IsDropped()
    {
        await using var world = await World.StartAsync(("Connections:HeartbeatMs", 60), ("Connections:SilenceMs", 150));
        using var silent = await RawSocket.ConnectAsync(world);
        await using var alive = await WireClient.ConnectAsync(world);

        await silent.ReadToEndAsync();

        WireAssert.Ack(await alive.AskAsync("ping"));
    }

    private static async Task<string?> HeadOfAsync(WireClient client, string session, long seq)
    {
        while (true)
        {
            var sessions = (await client.NextAsync("head")).GetProperty("sessions");
            if (sessions.TryGetProperty(session, out var head) && head.GetProperty("seq").GetInt64() == seq) return head.GetProperty("epoch").GetString();
        }
    }
}
