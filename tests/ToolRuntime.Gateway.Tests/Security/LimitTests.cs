using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>What a key may use of a gateway, over real sockets.</summary>
public class LimitTests
{
    [Fact]
    public async Task Commands_FasterThanAllowed_AreRateLimitedUntilTheTimeSaid()
    {
        var key = TestKey.Ann with { Limits = [("CommandsPerSecond", 5), ("CommandBurst", 3)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        await using var client = await world.ConnectAsync(key);

        var answers = new List<JsonElement>();
        for (var i = 0; i < 10; i++) await client.SendAsync($$"""{"id":"p{{i}}","type":"ping"}""");
        for (var i = 0; i < 10; i++) answers.Add(await client.AnswerAsync($"p{i}"));

        var refused = answers.Where(answer => answer.GetProperty("type").GetString() == "error").ToList();
        Assert.InRange(answers.Count - refused.Count, 3, 9);
        Assert.All(refused, answer => Assert.InRange(WireAssert.Error(answer, "rate_limited", retryable: true).GetProperty("retryAfterMs").GetInt32(), 1, 200));
        await WireAssert.EventuallyAsync(async () => (await client.AskAsync("ping")).GetProperty("type").GetString() == "ack");
    }

    [Fact]
    public async Task Commands_OfOneKey_CountOnAllItsConnectionsAndOnNoOthers()
    {
        var (slow, other) = (TestKey.Ann with { Limits = [("CommandsPerSecond", 1), ("CommandBurst", 2)] }, new TestKey("bob1", "acme", "bob"));
        await using var world = await World.StartAsync(TestKey.Settings(slow, other));
        await using var one = await world.ConnectAsync(slow);
        await using var two = await world.ConnectAsync(slow);
        await using var bob = await world.ConnectAsync(other);
        using var http = world.Http(slow);

        WireAssert.Ack(await one.AskAsync("ping"));
        WireAssert.Ack(await two.AskAsync("ping"));
        WireAssert.Error(await one.AskAsync("ping"), "rate_limited");
        using var response = await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("1", response.Headers.RetryAfter!.ToString());
        Assert.Contains("rate_limited", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        WireAssert.Ack(await bob.AskAsync("ping"));
    }

    [Fact]
    public async Task Connections_MoreThanAllowed_CloseWith4029UntilOneLeaves()
    {
        var key = TestKey.Ann with { Limits = [("Connections", 2)] };
        var other = new TestKey("bob1", "acme", "bob");
        await using var world = await World.StartAsync(TestKey.Settings(key, other));
        await using var one = await world.ConnectAsync(key);
        await using (await world.ConnectAsync(key))
        {
            Assert.Equal(4029, await world.RefusedAsync(key));
            await using var bob = await world.ConnectAsync(other);
        }

        await WireAssert.EventuallyAsync(async () => await world.RefusedAsync(key) is null);
    }

    [Fact]
    public async Task Connections_EventStreamsCountToo_BeyondIs429()
    {
        var key = TestKey.Ann with { Limits = [("Connections", 1)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        world.Log.Create(new("acme", "s"), "ann");
        using var http = world.Http(key);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions/s/events");
        request.Headers.Add("Accept", "text/event-stream");
        await using var client = await world.ConnectAsync(key);

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task OpenSessions_MoreThanTheKeyMay_AreRefusedUntilOneIsClosedOrItsConnectionEnds()
    {
        var key = TestKey.Ann with { Limits = [("OpenSessions", 2)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        await using var one = await world.ConnectAsync(key);
        await using (var two = await world.ConnectAsync(key))
        {
            await one.OpenAsync("a");
            await two.OpenAsync("b");
            WireAssert.Error(await one.AskAsync("session.open", "\"session\":\"c\""), "quota_exceeded", retryable: false);
            await one.OpenAsync("a");
            WireAssert.Ack(await one.AskAsync("session.close", "\"session\":\"a\""));
            WireAssert.Ack(await one.AskAsync("session.close", "\"session\":\"a\""));
            await one.OpenAsync("c");
            WireAssert.Error(await two.AskAsync("session.open", "\"session\":\"d\""), "quota_exceeded");
        }

        await WireAssert.EventuallyAsync(async () => (await one.AskAsync("session.open", "\"session\":\"d\"")).GetProperty("type").GetString() == "ack");
        WireAssert.Error(await one.AskAsync("session.open", "\"session\":\"e\""), "quota_exceeded");
    }

    [Fact]
    public async Task OpenSessions_OneThatWasDeleted_TakesNoPlace()
    {
        var key = new TestKey("ann1", "dev", "ann") { Limits = [("OpenSessions", 1)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        await using var client = await world.ConnectAsync(key);
        for (var i = 0; i < 3; i++)
        {
            await client.OpenAsync($"s{i}");
            WireAssert.Error(await client.AskAsync("session.open", "\"session\":\"other\""), "quota_exceeded");
            var epoch = (await world.Log.GetHeaderAsync(World.Key($"s{i}")))!.Epoch;
            world.Log.Delete(World.Key($"s{i}"));
            await world.DeliverAsync($"s{i}", new(epoch, 0, 0, [], DeletedBy: "ann"));
            await client.NextAsync("signal");
            await WireAssert.EventuallyAsync(async () => (await client.AskAsync("session.open", "\"session\":\"other\"")).GetProperty("type").GetString() == "ack");
            WireAssert.Ack(await client.AskAsync("session.close", "\"session\":\"other\""));
            WireAssert.Ack(await client.AskAsync("session.close", $"\"session\":\"s{i}\""));
        }
    }

    [Fact]
    public async Task OpenSessions_OneThatCouldNotBeOpened_TakesNoPlace()
    {
        var key = TestKey.Ann with { Limits = [("OpenSessions", 1)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        world.Log.Create(new("acme", "bobs"), "bob");
        await using var client = await world.ConnectAsync(key);

        WireAssert.Error(await client.AskAsync("session.open", "\"session\":\"bobs\""), "forbidden");

        await client.OpenAsync("mine");
    }

    [Fact]
    public async Task Refresh_ToAnotherKey_TakesTheCountsAlong()
    {
        var (first, second) = (TestKey.Ann with { Limits = [("Connections", 1), ("OpenSessions", 1)] }, new TestKey("ann2", "acme", "ann") { Limits = [("OpenSessions", 1)] });
        await using var world = await World.StartAsync(TestKey.Settings(first, second));
        await using var client = await world.ConnectAsync(first);
        await client.OpenAsync("a");

        WireAssert.Ack(await client.AskAsync("auth.refresh", $"\"token\":\"{second.Token}\""));

        WireAssert.Error(await client.AskAsync("session.open", "\"session\":\"b\""), "quota_exceeded");
        await using var again = await world.ConnectAsync(first);
        await again.OpenAsync("b");
    }

    [Fact]
    public async Task Welcome_TellsTheLimits()
    {
        var key = TestKey.Ann with { Limits = [("CommandsPerSecond", 7), ("Connections", 3), ("OpenSessions", 4), ("Executions", 5), ("OwnerBytes", 6), ("TenantBytes", 0)] };
        await using var world = await World.StartAsync(TestKey.Settings(key));
        await using var client = await world.ConnectAsync(key);

        var limits = client.Welcome.GetProperty("limits");

        (string, int)[] expected = [("commandsPerSecond", 7), ("commandBurst", 14), ("connections", 3), ("openSessions", 4), ("executions", 5), ("ownerBytes", 6)];
        Assert.Equal(expected, expected.Select(limit => (limit.Item1, limits.GetProperty(limit.Item1).GetInt32())));
        Assert.False(limits.TryGetProperty("tenantBytes", out _));
    }

    [Fact]
    public async Task Commands_WithoutKeys_AreLimitedAsConfigured()
    {
        await using var world = await World.StartAsync(("Access:Limits:CommandsPerSecond", 1), ("Access:Limits:CommandBurst", 1));
        await using var client = await WireClient.ConnectAsync(world);

        WireAssert.Ack(await client.AskAsync("ping"));
        WireAssert.Error(await client.AskAsync("ping"), "rate_limited");
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions"), HttpStatusCode.TooManyRequests, "rate_limited");
    }
}
