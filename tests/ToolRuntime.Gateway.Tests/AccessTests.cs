using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Tests.Security;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Tests;

public class AccessTests
{
    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("https://127.0.0.1:{port}")]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://127.0.0.1:{port}@evil.example")]
    public async Task Connect_ForeignOrigin_IsRefused(string origin)
    {
        await using var world = await World.StartAsync();

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(world, origin));

        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}")]
    [InlineData("https://app.example")]
    [InlineData(null)]
    public async Task Connect_OwnListedOrNoOrigin_IsTaken(string? origin)
    {
        await using var world = await World.StartAsync(("Access:AllowedOrigins:0", "https://app.example"));
        await using var client = await ConnectAsync(world, origin);

        WireAssert.Ack(await client.AskAsync("ping"));
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("localhost:99", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    public async Task Get_HostHeader_MustNameThisMachine(string host, HttpStatusCode status)
    {
        await using var world = await World.StartAsync();
        using var http = world.Http(host);

        Assert.Equal(status, (await http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("access_token")]
    public async Task Get_TokenInTheAddress_IsRefused(string name)
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        var response = await http.GetAsync(new Uri($"/v1/ws?{name}=x", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("unauthenticated", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Post_ForeignOrigin_IsRefused()
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();
        http.DefaultRequestHeaders.Add("Origin", "http://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsync(new Uri("/v1/sessions", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task Connect_WithoutSubprotocol_IsRefused()
    {
        await using var world = await World.StartAsync();
        using var socket = new ClientWebSocket();

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(world.WebSocketAddress, CancellationToken.None));

        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WebSocketAddressWithoutUpgrade_SaysSo()
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(new Uri("/v1/ws", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", false)]
    [InlineData("http://*:0", false)]
    [InlineData("http://192.0.2.1:0", false)]
    [InlineData("http://example.com:0", false)]
    [InlineData("http://localhost:0;http://[::]:0", false)]
    [InlineData("http://localhost:0", true)]
    [InlineData("http://127.0.0.1:0;http://[::1]:0", true)]
    public void Check_Keyless_TakesLoopbackAddressesOnly(string urls, bool allowed)
    {
        using var provider = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddAccess().BuildServiceProvider();
        var guard = provider.GetRequiredService<LoopbackGuard>();

        if (allowed) guard.Check(urls);
        else Assert.Contains("loopback", Assert.Throws<StartupRefusedException>(() => guard.Check(urls)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WithKeys_TakesEveryAddress()
    {
        var settings = TestKey.Settings(TestKey.Ann).Select(setting => KeyValuePair.Create($"ToolRuntime:{setting.Name}", setting.Value.ToString()));
        using var provider = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddAccess().BuildServiceProvider();

        provider.GetRequiredService<LoopbackGuard>().Check("http://0.0.0.0:0;http://*:0");
    }

    [Fact]
    public async Task Start_KeylessOnAllAddresses_IsRefusedByTheServerToo()
    {
        var web = WebApplication.CreateSlimBuilder();
        web.WebHost.UseUrls("http://0.0.0.0:0");
        web.Services.AddAccess();
        await using var app = web.Build();

        await Assert.ThrowsAsync<StartupRefusedException>(() => app.StartAsync());
    }

    private static Task<WireClient> ConnectAsync(World world, string? origin) => WireClient.ConnectAsync(world, options =>
    {
        if (origin is not null) options.SetRequestHeader("Origin", origin.Replace("{port}", $"{world.Address.Port}", StringComparison.Ordinal));
    });
}
