using System.Net;
using System.Net.WebSockets;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>The page's cookie.</summary>
public class SignInTests
{
    [Fact]
    public async Task Login_Key_SetsACookieThatIsNotTheKeyAndOpensThePagesConnection()
    {
        await using var world = await StartAsync();

        var (status, cookie, header) = await LoginAsync(world, Key.Token);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain(Key.Token[^43..], header, StringComparison.Ordinal);
        foreach (var part in (string[])["httponly", "samesite=strict", "path=/", "expires="]) Assert.Contains(part, header, StringComparison.OrdinalIgnoreCase);
        await using var client = await ConnectAsync(world, cookie, Own(world));
        Assert.Equal("ann", client.Welcome.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Login_WrongKey_Is401WithoutACookie()
    {
        await using var world = await StartAsync();

        var (status, cookie, _) = await LoginAsync(world, TestKey.Ann.Token);

        Assert.Equal((HttpStatusCode.Unauthorized, ""), (status, cookie));
    }

    [Fact]
    public async Task Login_ForeignOriginOrForm_IsRefused()
    {
        await using var world = await StartAsync();
        using var http = world.Http();
        using var foreign = HttpCaller.Post("/v1/login", $"{{\"key\":\"{Key.Token}\"}}");
        foreign.Headers.Add("Origin", "https://evil.example");
        using var form = HttpCaller.Post("/v1/login", $"{{\"key\":\"{Key.Token}\"}}", type: "text/plain");

        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.SendAsync(form)).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://evil.example")]
    public async Task Connect_CookieWithoutOwnOrigin_IsRefused(string? origin)
    {
        await using var world = await StartAsync();
        var (_, cookie, _) = await LoginAsync(world, Key.Token);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(world, cookie, origin));

        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_CookieWithoutOrigin_IsRefused_WithItsOwn_IsTaken()
    {
        await using var world = await StartAsync();
        var (_, cookie, _) = await LoginAsync(world, Key.Token);

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(null));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(Own(world)));

        async Task<HttpStatusCode> SendAsync(string? origin)
        {
            using var http = world.Http();
            using var request = HttpCaller.Post("/v1/sessions/s/messages", """{"text":"hi"}""");
            request.Headers.Add("Cookie", cookie);
            if (origin is not null) request.Headers.Add("Origin", origin);
            return (await http.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task Get_CookieOfAnotherServerOrChanged_Is401()
    {
        await using var world = await StartAsync();
        await using var other = await World.StartAsync([.. TestKey.Settings(Key), ("Access:CookieSecret", new string('y', 32))]);
        var (_, cookie, _) = await LoginAsync(world, Key.Token);
        var later = cookie.Split('~');
        later[0] += "9";

        Assert.Equal(HttpStatusCode.OK, await GetAsync(world, cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(other, cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(world, string.Join('~', later)));
    }

    [Fact]
    public async Task Restart_SecretInTheDataFolder_KeepsSignIns()
    {
        var folder = Directory.CreateTempSubdirectory("toolruntime-cookie-");
        (string, object)[] settings = [.. TestKey.Settings(Key), ("Data:Path", folder.FullName)];
        string cookie;
        await using (var world = await World.StartAsync(settings)) (_, cookie, _) = await LoginAsync(world, Key.Token);

        await using var again = await World.StartAsync(settings);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(again, cookie));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, "cookie.secret")));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Logout_TakesTheCookieAway()
    {
        await using var world = await StartAsync();
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/logout", "{}");

        var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("expires=Thu, 01 Jan 1970", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Login_WithoutConfiguredKeys_SaysSo()
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.PostAsync("/v1/login", """{"key":"x"}"""), HttpStatusCode.Conflict, "conflict");
    }

    private static TestKey Key { get; } = TestKey.Ann;

    private static Task<World> StartAsync() => World.StartAsync([.. TestKey.Settings(Key), ("Access:CookieSecret", new string('x', 32))]);

    private static string Own(World world) => world.Address.GetLeftPart(UriPartial.Authority);

    private static Task<WireClient> ConnectAsync(World world, string cookie, string? origin) => WireClient.ConnectAsync(world, options =>
    {
        options.SetRequestHeader("Cookie", cookie);
        if (origin is not null) options.SetRequestHeader("Origin", origin);
    });

    private static async Task<HttpStatusCode> GetAsync(World world, string cookie)
    {
        using var http = world.Http();
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        return (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string Cookie, string Header)> LoginAsync(World world, string token)
    {
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/login", $"{{\"key\":\"{token}\"}}");
        var response = await http.SendAsync(request);
        var header = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Single() : "";
        return (response.StatusCode, header.Split(';')[0], header);
    }
}
