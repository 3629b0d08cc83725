using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Users' tokens of other services: who gets in as whom, who does not, and when they have to go.</summary>
public sealed class UserTokenTests : IDisposable
{
    private static readonly Uri Sessions = new("/v1/sessions", UriKind.Relative);

    private readonly TestIssuer issuer = new();
    private readonly TestIssuer stranger = new();

    public void Dispose()
    {
        issuer.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public async Task Connect_TokenInHeaderOrSubprotocol_IsTheUserOfItsTenant()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        await using var byHeader = await ConnectAsync(world, issuer.Token());
        await using var byProtocol = await WireClient.ConnectAsync(world, options => options.AddSubProtocol($"bearer.{TestIssuer.Encode(Encoding.UTF8.GetBytes(issuer.Token()))}"));

        foreach (var client in new[] { byHeader, byProtocol })
        {
            Assert.Equal(("acme", "ann"), (client.Welcome.GetProperty("tenant").GetString(), client.Welcome.GetProperty("subject").GetString()));
            WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""));
        }
    }

    [Fact]
    public async Task Get_BesideKeys_BothGetInAndNobodyElse()
    {
        var (key, unknown) = (TestKey.Ann, TestKey.Ann);
        await using var world = await World.StartAsync([.. TestKey.Settings(key), .. issuer.Settings()]);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world, issuer.Token()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world, key.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, unknown.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, null));
    }

    [Fact]
    public async Task Get_AlgorithmAllowed_GetsInAndNoOther()
    {
        await using var world = await World.StartAsync(issuer.Settings());

        foreach (var (algorithm, key) in new[] { ("RS256", "k1"), ("ES256", "k1-ec") })
            Assert.Equal((algorithm, HttpStatusCode.OK), (algorithm, await StatusAsync(world, issuer.Sign(algorithm, key, issuer.Claims()))));
        foreach (var (algorithm, key) in new[] { ("RS512", "k1"), ("PS256", "k1"), ("HS256", "k1"), ("none", "k1") })
            Assert.Equal((algorithm, HttpStatusCode.Unauthorized), (algorithm, await StatusAsync(world, issuer.Sign(algorithm, key, issuer.Claims()))));
    }

    [Fact]
    public async Task Get_ClaimMissingOrWrong_Is401()
    {
        (string Claim, string? Value)[] wrong =
        [
            ("aud", "another"), ("aud", null), ("iss", "https://login.example.org"), ("iss", null), ("sub", null), ("sub", ""), ("tenant", null), ("tenant", "acme/other"), ("exp", null), ("exp", "soon"),
        ];
        await using var world = await World.StartAsync(issuer.Settings());

        foreach (var (claim, value) in wrong)
        {
            Assert.Equal((claim, value, HttpStatusCode.Unauthorized), (claim, value, await StatusAsync(world, issuer.Token((claim, value)))));
            Assert.Equal((claim, value, 4501), (claim, value, await RefusedAsync(world, issuer.Token((claim, value)))));
        }
    }

    [Fact]
    public async Task Get_SignedByAnotherOrChangedOrTooLong_Is401()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        var parts = issuer.Token().Split('.');
        var other = TestIssuer.Encode(Encoding.UTF8.GetBytes(issuer.Claims(("sub", "eve"))));

        string[] tokens = [stranger.Token(), $"{parts[0]}.{other}.{parts[2]}", $"{parts[0]}.{parts[1]}.", issuer.Token(("more", new string('x', 8_192))), "eyA.eyA.AA", "ey..", "e.y.z"];
        foreach (var token in tokens) Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, token));
    }

    [Fact]
    public async Task Get_OverOrNotYet_IsRefusedBeyondTheSkew()
    {
        await using var world = await World.StartAsync(issuer.Settings());

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, issuer.Token(("exp", TestIssuer.In(-60)))));
        Assert.Equal(4505, await RefusedAsync(world, issuer.Token(("exp", TestIssuer.In(-60)))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, issuer.Token(("nbf", TestIssuer.In(300)))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world, issuer.Token(("nbf", TestIssuer.In(15)))));
    }

    [Fact]
    public async Task Get_SubjectThatIsNoId_HasOneOfItsOwn()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        await using var client = await ConnectAsync(world, issuer.Token(("sub", "auth0|42")));

        // printf 'auth0|42' | sha256sum
        Assert.Equal("sha256-141ba0724f1ecd25c94cb22fc05a201310cc7478", client.Welcome.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Command_ScopeNotInTheTokenOrNotTheIssuers_IsForbidden()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        await using var reader = await ConnectAsync(world, issuer.Token(("scope", new[] { "sessions:read", "profile" })));
        await using var greedy = await ConnectAsync(world, issuer.Token(("scope", "sessions:read sessions:all metrics:read")));

        WireAssert.Error(await reader.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""), "forbidden");
        using var http = Http(world, issuer.Token(("scope", "metrics:read")));
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri("/v1/metrics/history", UriKind.Relative))).StatusCode);
        WireAssert.Error(await greedy.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""), "forbidden");
    }

    [Fact]
    public async Task Command_NoScopeClaimConfigured_HasTheIssuersScopes()
    {
        await using var world = await World.StartAsync(issuer.Settings(("ScopeClaim", ""), ("Scopes:0", "sessions:read"), ("TenantClaim", "org"), ("SubjectClaim", "email")));
        await using var client = await ConnectAsync(world, issuer.Token(("org", "beta"), ("email", "bob"), ("scope", null)));

        Assert.Equal(("beta", "bob"), (client.Welcome.GetProperty("tenant").GetString(), client.Welcome.GetProperty("subject").GetString()));
        WireAssert.Error(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""), "forbidden");
    }

    [Fact]
    public async Task Connection_TokenEnds_ClosesWith4505UnlessRefreshed()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await World.StartAsync(services => services.AddSingleton<TimeProvider>(clock), issuer.Settings());
        var brief = issuer.Token(("exp", TestIssuer.In(120)));
        await using var left = await ConnectAsync(world, brief);
        await using var renewed = await ConnectAsync(world, brief);

        WireAssert.Error(await renewed.AskAsync("auth.refresh", $"\"token\":\"{issuer.Token(("sub", "bob"))}\""), "forbidden");
        WireAssert.Error(await renewed.AskAsync("auth.refresh", $"\"token\":\"{stranger.Token()}\""), "unauthenticated");
        WireAssert.Ack(await renewed.AskAsync("auth.refresh", $"\"token\":\"{issuer.Token()}\""));
        clock.Advance(TimeSpan.FromSeconds(200));

        Assert.Equal(4505, await left.Closed);
        WireAssert.Ack(await renewed.AskAsync("ping"));
    }

    [Fact]
    public async Task Reload_TokenOrUserRevoked_ItsConnectionsCloseWith4501AndNoOthers()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        await using var one = await ConnectAsync(world, issuer.Token(("jti", "t1")));
        await using var other = await ConnectAsync(world, issuer.Token(("jti", "t2")));
        await using var bob = await ConnectAsync(world, issuer.Token(("sub", "bob")));

        world.Configure(issuer.Settings(("Revoked:0", "t1"), ("Revoked:1", "bob")));

        Assert.Equal((4501, 4501), (await one.Closed, await bob.Closed));
        WireAssert.Ack(await other.AskAsync("ping"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, issuer.Token(("sub", "bob"))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, issuer.Token(("jti", "t1"))));
    }

    [Fact]
    public async Task Reload_KeysReplacedOrIssuerGone_ConnectionsCloseAndNobodyBecomesTheDeveloper()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        await using var first = await ConnectAsync(world, issuer.Token());
        world.Configure(stranger.Settings());
        Assert.Equal(4501, await first.Closed);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, issuer.Token()));
        await using var second = await ConnectAsync(world, stranger.Token());

        world.Configure();

        Assert.Equal(4501, await second.Closed);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, null));
    }

    [Fact]
    public async Task Limits_AreOfEachUser()
    {
        await using var world = await World.StartAsync(issuer.Settings(("Limits:Connections", 1)));
        await using var ann = await ConnectAsync(world, issuer.Token());
        await using var bob = await ConnectAsync(world, issuer.Token(("sub", "bob")));

        Assert.Equal(4029, await RefusedAsync(world, issuer.Token(("jti", "another"))));
    }

    [Fact]
    public async Task SignIn_Token_SaysThatItTakesAKey()
    {
        await using var world = await World.StartAsync(issuer.Settings());
        using var http = world.Http();
        http.DefaultRequestHeaders.Add("Origin", world.Address.GetLeftPart(UriPartial.Authority));

        using var answer = await http.PostAsJsonAsync(new Uri("/v1/login", UriKind.Relative), new { key = issuer.Token() });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("with a key", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_ProviderThere_ItsKeysLetInAndNoOthers()
    {
        await using var provider = await StartProviderAsync();
        await using var world = await World.StartAsync(Discovered(provider));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, stranger.Token()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world, issuer.Token()));
    }

    [Fact]
    public async Task Discovery_ProviderAway_IsUnavailableAndMayBeTriedAgain()
    {
        var provider = await StartProviderAsync();
        await using var world = await World.StartAsync(Discovered(provider));
        await provider.DisposeAsync();

        using var http = Http(world, issuer.Token());
        using var answer = await http.GetAsync(Sessions);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("retryable").GetBoolean());
        Assert.Equal(4008, await RefusedAsync(world, issuer.Token()));
    }

    [Theory]
    [InlineData("Name", "a b", "Name must be")]
    [InlineData("Audience", "", "Audience must say")]
    [InlineData("KeySet", "{", "keys can't be read")]
    [InlineData("KeySet", """{"keys":[]}""", "must have public keys")]
    [InlineData("KeySet", """{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}""", "must have public keys")]
    [InlineData("KeySetFile", "/nowhere/keys.json", "exactly one of")]
    [InlineData("Authority", "https://login.example.com", "exactly one of")]
    [InlineData("Algorithms:0", "HS256", "'HS256' is not allowed")]
    [InlineData("Algorithms:0", "none", "'none' is not allowed")]
    [InlineData("Scopes:0", "root", "there is no scope 'root'")]
    [InlineData("Tenant", "a/b", "Tenant must be")]
    [InlineData("ClockSkewSeconds", "301", "ClockSkewSeconds")]
    [InlineData("Limits:Connections", "-1", "Connections")]
    [InlineData("Audiences", "x", "unknown setting 'Audiences'")]
    public void Build_MistakeInAnIssuer_IsRefusedWithALineThatNamesIt(string name, string value, string said)
    {
        var settings = issuer.Settings().Where(setting => setting.Name != $"Access:Issuers:0:{name}");

        var refused = Assert.Throws<OptionsValidationException>(() => KeyTableTests.Ring([.. settings, ($"Access:Issuers:0:{name}", value)]));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    private static Task<WireClient> ConnectAsync(World world, string token) => WireClient.ConnectAsync(world, options => options.SetRequestHeader("Authorization", $"Bearer {token}"));

    private static HttpClient Http(World world, string? token)
    {
        var http = world.Http();
        if (token is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return http;
    }

    private static async Task<HttpStatusCode> StatusAsync(World world, string? token)
    {
        using var http = Http(world, token);
        using var answer = await http.GetAsync(Sessions);
        return answer.StatusCode;
    }

    private static async Task<int?> RefusedAsync(World world, string token)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        using var patience = new CancellationTokenSource(World.Patience);
        await socket.ConnectAsync(world.WebSocketAddress, patience.Token);
        var first = await socket.ReceiveAsync(new byte[4_096], patience.Token);
        return first.MessageType == WebSocketMessageType.Close ? (int)socket.CloseStatus! : null;
    }

    private (string Name, object Value)[] Discovered(WebApplication provider) =>
        [.. issuer.Settings().Where(setting => !setting.Name.EndsWith(":KeySet", StringComparison.Ordinal)), ("Access:Issuers:0:Authority", provider.Urls.First())];

    private async Task<WebApplication> StartProviderAsync()
    {
        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = web.Build();
        provider.MapGet("/.well-known/openid-configuration", (HttpContext context) => Results.Json(new { issuer = "https://login.example.com", jwks_uri = $"http://{context.Request.Host}/keys" }));
        provider.MapGet("/keys", () => Results.Text(issuer.KeySet, "application/json"));
        await provider.StartAsync();
        return provider;
    }
}
