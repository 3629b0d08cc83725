using System.Net;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Pages of other gateways and of listed origins.</summary>
public sealed class CrossOriginTests
{
    private const string Listed = "https://app.example";
    private const string Peer = "http://peer.example:8081";
    private const string Gone = "http://gone.example:8082";

    private static readonly TestKey Ann = TestKey.Ann;

    [Theory]
    [InlineData(Listed, true)]
    [InlineData(Peer, true)]
    [InlineData(Gone, true)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://peer.example:8081", false)]
    [InlineData("http://peer.example", false)]
    [InlineData("null", false)]
    public async Task Get_WithOrigin_MayBeReadByAllowedPagesOnly(string origin, bool allowed)
    {
        await using var world = await StartAsync();
        using var http = world.Http(Ann);
        http.DefaultRequestHeaders.Add("Origin", origin);

        foreach (var path in (string[])["/v1/tools", "/v1/nowhere"])
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(allowed ? origin : null, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal(allowed ? "true" : null, Header(answer, "Access-Control-Allow-Credentials"));
            Assert.Contains("Origin", answer.Headers.Vary);
        }

        using var page = await http.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.Null(Header(page, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Preflight_AllowedPage_LearnsWhatItMaySend()
    {
        await using var world = await StartAsync();

        using var answer = await PreflightAsync(world, Peer);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Peer, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", Header(answer, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_AnyOtherPage_IsRefused()
    {
        await using var world = await StartAsync();

        using var answer = await PreflightAsync(world, "https://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Methods"));
    }

    [Fact]
    public async Task Login_PageOfAnotherGateway_IsSignedInHereToo()
    {
        await using var world = await StartAsync();
        using var http = world.Http();
        using var login = HttpCaller.Post("/v1/login", $"{{\"key\":\"{Ann.Token}\"}}");
        login.Headers.Add("Origin", Peer);
        using var answer = await http.SendAsync(login);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);

        await using var client = await WireClient.ConnectAsync(world, options =>
        {
            options.SetRequestHeader("Cookie", cookie.Split(';')[0]);
            options.SetRequestHeader("Origin", Peer);
        });

        Assert.Equal("ann", client.Welcome.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Login_DomainOfAllGateways_IsTheCookies()
    {
        await using var world = await StartAsync(("Access:CookieDomain", "chat.example.com"));
        using var http = world.Http();
        using var login = HttpCaller.Post("/v1/login", $"{{\"key\":\"{Ann.Token}\"}}");
        using var signedIn = await http.SendAsync(login);
        using var logout = HttpCaller.Post("/v1/logout", "{}");
        using var signedOut = await http.SendAsync(logout);

        Assert.Contains("domain=chat.example.com", signedIn.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Contains("domain=chat.example.com", signedOut.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    private static async Task<World> StartAsync(params (string Name, object Value)[] settings)
    {
        var world = await World.StartAsync([("Access:AllowedOrigins:0", Listed), .. TestKey.Settings(Ann), .. settings]);
        world.Peers.Set([Peer], [Gone]);
        return world;
    }

    private static async Task<HttpResponseMessage> PreflightAsync(World world, string origin)
    {
        using var http = world.Http();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/sessions/s/messages");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type,idempotency-key");
        return await http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
