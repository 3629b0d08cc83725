using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Keys that end, change or are refreshed while they are used.</summary>
public class KeyChangeTests
{
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Bob = new("bob1", "acme", "bob");

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Reload_KeyRemoved_ItsConnectionsCloseWith4501AndNoOthers()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Bob, Ann));
        await using var ann = await ConnectAsync(world, Ann);
        await using var bob = await ConnectAsync(world, Bob);

        world.Configure(TestKey.Settings(Bob));

        Assert.Equal(4501, await ann.Closed);
        WireAssert.Ack(await bob.AskAsync("ping"));
        using var http = world.Http(Ann);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Reload_AllKeysRemoved_NobodyGetsIn()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var ann = await ConnectAsync(world, Ann);

        world.Configure();

        Assert.Equal(4501, await ann.Closed);
        using var http = world.Http();
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Reload_AnotherHashOrSubjectUnderTheId_Is4501()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob));
        await using var ann = await ConnectAsync(world, Ann);
        await using var bob = await ConnectAsync(world, Bob);

        world.Configure([.. TestKey.Settings(TestKey.Ann, Bob).Where(setting => setting.Name != "Access:Keys:1:Subject"), ("Access:Keys:1:Subject", "eve")]);

        Assert.Equal(4501, await ann.Closed);
        Assert.Equal(4501, await bob.Closed);
    }

    [Fact]
    public async Task Reload_OtherScopes_ApplyToOpenConnections()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var ann = await ConnectAsync(world, Ann);
        WireAssert.Ack(await ann.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""));

        world.Configure(TestKey.Settings(Ann with { Scopes = ["sessions:read"] }));

        WireAssert.Error(await ann.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""), "forbidden");
        WireAssert.Ack(await ann.AskAsync("session.open", "\"session\":\"s\""));
    }

    [Fact]
    public async Task Reload_Mistake_ChangesNothingAndIsLogged()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var ann = await ConnectAsync(world, Ann);

        world.Configure([.. TestKey.Settings(Ann), ("Access:Keys:0:Scopes:0", "root")]);

        WireAssert.Ack(await ann.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""));
        Assert.Contains("'root'", Assert.Single(world.Errors.Take()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expiry_WhileConnected_ClosesWith4505()
    {
        var key = TestKey.Ann with { ExpiresAt = clock.GetUtcNow().AddMinutes(2) };
        await using var world = await StartAsync(key);
        await using var client = await ConnectAsync(world, key);

        clock.Advance(TimeSpan.FromMinutes(1));
        WireAssert.Ack(await client.AskAsync("ping"));
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(4505, await client.Closed);
    }

    [Fact]
    public async Task Expiry_ShortenedByReload_ClosesWith4505()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var client = await ConnectAsync(world, Ann);

        world.Configure(TestKey.Settings(Ann with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) }));

        Assert.Equal(4505, await client.Closed);
    }

    [Fact]
    public async Task Expiry_EventStream_EndsSayingSo()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        world.Log.Create(new("acme", "s"), "ann");
        using var http = world.Http(Ann);
        http.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        await using var stream = await http.GetStreamAsync(new Uri("/v1/sessions/s/events", UriKind.Relative));
        using var reader = new StreamReader(stream);
        Assert.StartsWith("retry:", await reader.ReadLineAsync(), StringComparison.Ordinal);

        world.Configure();

        Assert.Contains("event: end", (await reader.ReadToEndAsync()).Split('\n'));
    }

    [Fact]
    public async Task Refresh_LongerTokenOfTheSameHolder_KeepsTheConnection()
    {
        var brief = TestKey.Ann with { ExpiresAt = clock.GetUtcNow().AddMinutes(2) };
        var longer = new TestKey("ann2", "acme", "ann") { ExpiresAt = new DateTimeOffset(2100, 1, 31, 0, 0, 0, TimeSpan.Zero) };
        await using var world = await StartAsync(brief, longer);
        await using var client = await ConnectAsync(world, brief);
        await using var other = await ConnectAsync(world, brief);

        var answer = await client.AskAsync("auth.refresh", $"\"token\":\"{longer.Token}\"");

        Assert.Equal("2100-01-31T00:00:00.000Z", answer.GetProperty("result").GetProperty("expiresAt").GetString());
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(4505, await other.Closed);
        WireAssert.Ack(await client.AskAsync("ping"));
    }

    [Fact]
    public async Task Refresh_TokenWithoutEnd_SaysNone()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var client = await ConnectAsync(world, Ann);

        var answer = await client.AskAsync("auth.refresh", $"\"token\":\"{Ann.Token}\"");

        Assert.Equal("{}", answer.GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task Refresh_SomebodyElsesOrNoToken_IsRefusedAndChangesNothing()
    {
        var tenant = new TestKey("ann9", "other", "ann");
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob, tenant));
        await using var client = await ConnectAsync(world, Ann);

        WireAssert.Error(await client.AskAsync("auth.refresh", $"\"token\":\"{Bob.Token}\""), "forbidden");
        WireAssert.Error(await client.AskAsync("auth.refresh", $"\"token\":\"{tenant.Token}\""), "forbidden");
        WireAssert.Error(await client.AskAsync("auth.refresh", $"\"token\":\"{TestKey.Ann.Token}\""), "unauthenticated");
        WireAssert.Error(await client.AskAsync("auth.refresh"), "invalid_command");
        WireAssert.Ack(await client.AskAsync("ping"));
    }

    private Task<World> StartAsync(params TestKey[] keys) => World.StartAsync(services => services.AddSingleton<TimeProvider>(clock), TestKey.Settings(keys));

    private static Task<WireClient> ConnectAsync(World world, TestKey key) => world.ConnectAsync(key);
}
