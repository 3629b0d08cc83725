using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>How credentials get in, and what happens to those who have none.</summary>
public class CredentialTests
{
    [Fact]
    public async Task Get_BearerHeader_IsTheKeysHolder()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        using var http = world.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Key.Token);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    public async Task Connect_BearerHeader_IsWelcomedAsTheKeysHolder(string scheme)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        await using var client = await WireClient.ConnectAsync(world, options => options.SetRequestHeader("Authorization", $"{scheme} {Key.Token}"));

        Assert.Equal(("acme", "ann"), (client.Welcome.GetProperty("tenant").GetString(), client.Welcome.GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task Connect_BearerSubprotocol_IsTakenAndNotEchoed()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.AddSubProtocol($"bearer.{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(Key.Token))}");

        await socket.ConnectAsync(world.WebSocketAddress, CancellationToken.None);

        Assert.Equal("toolruntime.v1", socket.SubProtocol);
        var welcome = new byte[4_096];
        Assert.Contains("\"subject\":\"ann\"", Encoding.UTF8.GetString(welcome, 0, (await socket.ReceiveAsync(welcome, CancellationToken.None)).Count), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Authorization: Bearer trk.ann1.wrong")]
    [InlineData("Authorization: Basic YTpi")]
    [InlineData("Sec-WebSocket-Protocol: bearer.!!!")]
    [InlineData("Cookie: toolruntime=1~ann1~AAAA")]
    public async Task Connect_WithoutGoodCredentials_ClosesWith4501AndSaysNothingElse(string? header)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));

        var (code, bytes) = await ConnectAsync(world, header);

        Assert.Equal((4501, 0), (code, bytes));
    }

    [Fact]
    public async Task Connect_ExpiredKey_ClosesWith4505()
    {
        var key = TestKey.Ann with { ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1) };
        await using var world = await World.StartAsync(TestKey.Settings(key));

        Assert.Equal(4505, (await ConnectAsync(world, $"Authorization: Bearer {key.Token}")).Code);
    }

    [Fact]
    public async Task Connect_KeyWithoutAnyScopeForSessions_ClosesWith4503()
    {
        var key = TestKey.Ann with { Scopes = ["metrics:read"] };
        await using var world = await World.StartAsync(TestKey.Settings(key));

        Assert.Equal(4503, (await ConnectAsync(world, $"Authorization: Bearer {key.Token}")).Code);
    }

    /// <summary>Nobody can keep a socket without credentials: not even who never answers the close frame.</summary>
    [Fact]
    public async Task Connect_WithoutCredentialsAndDeaf_IsDropped()
    {
        await using var world = await World.StartAsync([.. TestKey.Settings(Key), ("Connections:CloseMs", 50)]);
        using var raw = await RawSocket.ConnectAsync(world);

        await raw.ReadToEndAsync();
    }

    [Theory]
    [InlineData("/v1/sessions")]
    [InlineData("/V1/Sessions")]
    [InlineData("/v1/tools")]
    [InlineData("/v1/sessions/s/events")]
    [InlineData("/v1/nothing")]
    public async Task Get_WithoutCredentials_Is401(string path)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        using var http = world.Http();

        var response = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        HttpCaller.AssertError(await world.GetAsync(path), HttpStatusCode.Unauthorized, "unauthenticated");
    }

    /// <summary>A handshake's header does not open what asks for credentials.</summary>
    [Fact]
    public async Task Upgrade_OfAnotherAddressWithoutCredentials_Is401()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(world.WebSocketAddress) { Path = "/v1/tools" }.Uri, CancellationToken.None));

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Get_HealthWithoutCredentials_IsAnswered(string path)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));

        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Get_KeysConfigured_OtherHostsAreServed()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Key));
        using var http = world.Http("tools.example");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key.Token);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode);
    }

    private static TestKey Key { get; } = TestKey.Ann;

    private static async Task<(int Code, int Bytes)> ConnectAsync(World world, string? header)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        if (header?.Split(": ") is [var name, var value])
        {
            if (name == "Sec-WebSocket-Protocol") socket.Options.AddSubProtocol("bearer.AAAA");
            else socket.Options.SetRequestHeader(name, value);
            if (name == "Cookie") socket.Options.SetRequestHeader("Origin", world.Address.GetLeftPart(UriPartial.Authority));
        }

        await socket.ConnectAsync(world.WebSocketAddress, CancellationToken.None);
        var first = await socket.ReceiveAsync(new byte[4_096], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, first.MessageType);
        return ((int)socket.CloseStatus!, first.Count);
    }
}
