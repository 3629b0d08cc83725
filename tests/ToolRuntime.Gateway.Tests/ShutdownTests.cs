namespace ToolRuntime.Gateway.Tests;

public class ShutdownTests
{
    [Fact]
    public async Task Stop_OpenConnections_GetClosingThenCode4000()
    {
        await using var world = await World.StartAsync();
        await using var one = await WireClient.ConnectAsync(world);
        await using var two = await WireClient.ConnectAsync(world);
        await one.OpenAsync("s1");

        var stopping = world.StopAsync();
        var closing = await one.NextAsync("closing");

        Assert.True(closing.GetProperty("reconnectAfterMs").GetInt32() > 0);
        Assert.Equal("going away", closing.GetProperty("reason").GetString());
        Assert.Equal(4000, await one.Closed);
        Assert.Equal(4000, await two.Closed);
        await stopping.WaitAsync(World.Patience);
        Assert.Empty(world.Feeds.Standing);
    }

    [Fact]
    public async Task Stop_PeerThatDoesNotAnswer_IsNotWaitedForLong()
    {
        await using var world = await World.StartAsync(("Connections:CloseMs", 100));
        using var silent = await RawSocket.ConnectAsync(world);

        await world.StopAsync().WaitAsync(World.Patience);
    }

    [Fact]
    public async Task Connect_TooMany_ClosedWithCode4029()
    {
        await using var world = await World.StartAsync(("Connections:MaxConnections", 1));
        await using var one = await WireClient.ConnectAsync(world);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");

        await socket.ConnectAsync(new UriBuilder(world.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri, CancellationToken.None);
        var result = await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(World.Patience);

        Assert.Equal(4029, (int)result.CloseStatus!.Value);
    }
}
