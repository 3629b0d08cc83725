using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

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

    [Theory]
    [InlineData("message.send", "\"session\":\"s1\",\"text\":\"hi\"")]
    [InlineData("tool.cancel", "\"session\":\"s1\",\"executionId\":\"x1\"")]
    [InlineData("session.open", "\"session\":\"s2\"")]
    [InlineData("ping", "")]
    public async Task Stopping_Commands_AreUnavailableAndToldWhenToReconnectWhileEventsGoOn(string type, string fields)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        world.BeginStop();
        var error = (await client.AskAsync(type, fields)).GetProperty("error");
        await world.OutputAsync("s1");

        Assert.Equal(("unavailable", true), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.InRange(error.GetProperty("reconnectAfterMs").GetInt32(), 1, 60_000);
        Assert.Equal(error.GetProperty("reconnectAfterMs").GetInt32(), error.GetProperty("retryAfterMs").GetInt32());
        Assert.Single(await client.EventsAsync(0, 1));
        Assert.Empty(world.Sessions.Arrived);
        await world.StopAsync();
        Assert.Equal(4000, await client.Closed);
    }

    [Theory]
    [InlineData("/v1/sessions/s1/commands", """{"type":"session.open"}""")]
    [InlineData("/v1/sessions/s1/commands", """{"type":"session.configure","parameters":{}}""")]
    [InlineData("/v1/sessions/s1/messages", """{"text":"hi"}""")]
    [InlineData("/v1/tools/execute", """{"tool":"shell","arguments":{}}""")]
    [InlineData("/v1/jobs/s1:b1/cancel", "{}")]
    public async Task Stopping_CommandsByHttp_AreUnavailable(string path, string body)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        world.BeginStop();
        using var http = world.Http();
        using var request = Http.HttpCaller.Post(path, body);
        using var response = await http.SendAsync(request);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("unavailable", error.GetProperty("code").GetString());
        Assert.True(error.GetProperty("reconnectAfterMs").GetInt32() > 0);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Empty(world.Sessions.Arrived);
    }

    [Fact]
    public async Task Stopping_Server_IsNotReadyAndTakesNoConnectionButServesWhatReads()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, "/v1/sessions/s1/events?after=epoch1:1");
        using var http = world.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);

        world.BeginStop();
        using var ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        using var live = await http.GetAsync(new Uri("/healthz", UriKind.Relative));
        using var read = await http.GetAsync(new Uri("/v1/sessions/s1/events?after=start", UriKind.Relative));
        await Assert.ThrowsAsync<WebSocketException>(() => WireClient.ConnectAsync(world));
        await world.OutputAsync("s1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("stopping", JsonElement.Parse(await ready.Content.ReadAsStringAsync()).GetProperty("status").GetString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, read.StatusCode));
        Assert.Equal("epoch1:2", (await stream.NextAsync())!.Id);
        var stopping = world.StopAsync();
        Assert.Equal("end", Assert.Single(await stream.ReadToEndAsync()).Type);
        await stopping.WaitAsync(World.Patience);
    }

    [Fact]
    public async Task Stop_EventsThatAreThere_AreSentBeforeTheEnd()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        for (var i = 0; i < 20; i++) await world.OutputAsync("s1", 10, 1_000);
        await WireAssert.EventuallyAsync(() => world.Feeds.Standing.Single().Held.Events == 200);
        await world.StopAsync();

        Assert.Equal(200, (await client.EventsAsync(0, 200)).Count);
        Assert.Equal(4000, await client.Closed);
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
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");

        await socket.ConnectAsync(new UriBuilder(world.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri, CancellationToken.None);
        var result = await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(World.Patience);

        Assert.Equal(4029, (int)result.CloseStatus!.Value);
    }
}
