using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Doors;

/// <summary>A lone surrogate in any text of any command, over every door of the whole server: the client's mistake, told under the command's id.</summary>
public sealed class HalfCharacterTests : IAsyncLifetime
{
    private RealWorld world = null!;

    public async Task InitializeAsync() => world = await RealWorld.StartAsync(settings: [("Connections:MaxInvalidFrames", 1_000)]);

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task WebSocket_EveryTextOfEveryCommand_IsRefusedUnderItsId()
    {
        await using var client = await ConnectAsync();
        var tried = 0;
        foreach (var command in BrokenCommands.All())
        {
            for (var place = 0; place < BrokenCommands.Texts(command); place++, tried++)
            {
                var (json, idReadable) = BrokenCommands.Break(command, place);
                await client.SendAsync(json);
                var frame = await client.NextAsync();
                Assert.True(frame.GetProperty("type").GetString() == "error", $"{json} gave {frame}");
                WireAssert.Error(frame, idReadable ? "invalid_command" : "invalid_frame", retryable: false);
                if (idReadable) Assert.Equal(command.GetProperty("id").GetString(), frame.GetProperty("id").GetString());
            }
        }

        Assert.True(tried > 400, $"{tried} places are too few.");
        await AssertNothingHappenedAsync();
    }

    [Fact]
    public async Task Http_EveryTextOfEveryCommand_IsRefused()
    {
        using var http = world.Http();
        foreach (var command in BrokenCommands.All().Where(command => command.TryGetProperty("session", out _)))
        {
            for (var place = 0; place < BrokenCommands.Texts(command); place++)
            {
                var json = BrokenCommands.Break(command, place).Json;
                await AssertRefusedAsync(http, "/v1/sessions/s1/commands", json);
                if (command.GetProperty("type").ValueEquals("message.send")) await AssertRefusedAsync(http, "/v1/sessions/s1/messages", json);
            }
        }

        await AssertNothingHappenedAsync();
    }

    [Fact]
    public async Task HttpExecute_EveryText_IsRefused()
    {
        using var http = world.Http();
        var body = JsonElement.Parse("""{"tool":"shell","arguments":{"command":"true","env":{"A":"b"}},"mode":"sync","session":"s1","timeoutMs":5,"x":{"y":"z"}}""");
        for (var place = 0; place < BrokenCommands.Texts(body); place++) await AssertRefusedAsync(http, "/v1/tools/execute", BrokenCommands.Break(body, place).Json);

        await AssertNothingHappenedAsync();
    }

    [Theory]
    [InlineData("/v1/sessions/s1/commands", """{"type":"session.configure","parameters":{"a\ud800":1}}""")]
    [InlineData("/v1/sessions/s1/commands", """{"type":"message.send","text":"\ud800"}""")]
    [InlineData("/v1/sessions/s1/messages", """{"text":"x","unknown":"\ud800"}""")]
    [InlineData("/v1/tools/execute", """{"tool":"\ud800","arguments":{}}""")]
    public async Task Http_BytesThatAreNoUtf8_AreRefused(string path, string body)
    {
        var answer = await RawHttp.PostAsync(world.Address, path, BrokenCommands.Raw(body));

        Assert.Equal((400, "invalid_command"), (answer.Status, answer.Code()));
        await AssertNothingHappenedAsync();
    }

    /// <summary>RFC 6455 asks for that: the socket closes with 1007. What the server has not read may make its system reset the connection before the client has seen that.</summary>
    [Fact]
    public async Task WebSocket_BytesThatAreNoUtf8_EndTheConnection()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        using var patience = new CancellationTokenSource(World.Patience);
        await socket.ConnectAsync(WebSocketAddress, patience.Token);
        var buffer = new byte[4_096];
        await socket.ReceiveAsync(buffer, patience.Token);

        await socket.SendAsync(BrokenCommands.Raw("""{"id":"a","type":"ping","x":"\ud800"}"""), WebSocketMessageType.Text, true, patience.Token);
        try
        {
            var closed = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.InvalidPayloadData), (closed.MessageType, closed.CloseStatus));
        }
        catch (WebSocketException reset)
        {
            Assert.Equal(WebSocketError.ConnectionClosedPrematurely, reset.WebSocketErrorCode);
        }
    }

    [Theory]
    [InlineData("%ED%A0%80")]
    [InlineData("%ED%A0%BD%ED%B8%80")]
    [InlineData("%FF")]
    [InlineData("%uD800")]
    [InlineData(@"\ud800")]
    [InlineData("%5Cud800")]
    [InlineData("%00")]
    [InlineData("\u00ed\u00a0\u0080")]
    public async Task Http_AddressesAndHeaders_AreNeverTheServersFault(string half)
    {
        string[] requests =
        [
            $"GET /v1/sessions/{half} HTTP/1.1",
            $"GET /v1/sessions/{half}/events HTTP/1.1",
            $"GET /v1/sessions/{half}/messages HTTP/1.1",
            $"GET /v1/jobs/{half} HTTP/1.1",
            $"GET /v1/jobs/s1:{half}/events HTTP/1.1",
            $"POST /v1/jobs/s1:{half}/cancel HTTP/1.1\r\nContent-Length: 0",
            $"POST /v1/sessions/{half}/commands HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2",
            $"POST /v1/sessions/{half}/messages HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2",
            $"GET /v1/{half} HTTP/1.1",
            $"GET /v1/sessions?limit={half} HTTP/1.1",
            $"GET /v1/sessions?after={half} HTTP/1.1",
            $"GET /v1/sessions?after=1:{half} HTTP/1.1",
            $"GET /v1/sessions/s0/events?after={half}:1 HTTP/1.1",
            $"GET /v1/sessions/s0/events?limit={half} HTTP/1.1",
            $"GET /v1/sessions/s0/events HTTP/1.1\r\nLast-Event-ID: {half}:1",
            $"GET /v1/sessions/s0/messages?before={half} HTTP/1.1",
            $"GET /v1/sessions/s0/messages?limit={half} HTTP/1.1",
            $"GET /v1/tools?{half}={half} HTTP/1.1",
            $"GET /v1/tools HTTP/1.1\r\ntraceparent: {half}",
            $"GET /v1/tools HTTP/1.1\r\nAuthorization: Bearer {half}",
            $"GET /v1/tools HTTP/1.1\r\nCookie: toolruntime={half}",
            $"POST /v1/sessions/s0/messages HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: {half}\r\nContent-Length: 2",
        ];
        using (var http = world.Http())
        {
            using var made = await http.PostAsync(new Uri("/v1/sessions/s0/commands", UriKind.Relative), Json("""{"type":"session.configure","parameters":{}}"""));
            Assert.True(made.IsSuccessStatusCode);
        }

        foreach (var request in requests)
        {
            var answer = await RawHttp.SendAsync(world.Address, request, request.EndsWith('2') ? "{}" : "");
            Assert.True(answer.Status is >= 200 and < 500, $"{request} gave {answer}");
            if (answer.Status >= 400 && answer.Body.Contains('{', StringComparison.Ordinal)) answer.Code();
        }
    }

    private Uri WebSocketAddress => new UriBuilder(world.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri;

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<WireClient> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        return (await WireClient.TryConnectAsync(socket, WebSocketAddress))!;
    }

    private static async Task AssertRefusedAsync(HttpClient http, string path, string json)
    {
        using var content = Json(json);
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 400, $"{path} {json} gave {response.StatusCode} {text}");
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal(("invalid_command", false), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
    }

    private async Task AssertNothingHappenedAsync()
    {
        using var http = world.Http();
        Assert.Equal("""{"sessions":[]}""", await http.GetStringAsync(new Uri("/v1/sessions", UriKind.Relative)));
    }
}
