using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Tenant and subject come from the key, and from nothing that a client says.</summary>
public class TenantTests
{
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Mia = new("mia1", "acme", "mia");
    private static readonly TestKey Foreign = new("ann2", "else", "ann");

    [Theory]
    [InlineData("session.open", "")]
    [InlineData("message.send", ",\"text\":\"hi\"")]
    [InlineData("tools.run", ",\"calls\":[{\"tool\":\"shell\",\"arguments\":{}}]")]
    [InlineData("tool.details", ",\"executionId\":\"x1\"")]
    public async Task Command_WhateverTheClientSays_GoesToAGrainOfTheKeysTenant(string type, string fields)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann));
        await using var client = await world.ConnectAsync(Ann);
        using var http = world.Http(Ann);

        foreach (var session in (string[])["s", "else", "else.s", "..", "else/s", "../else/s", "/else/s", "else%2Fs", "acme/../else/s"])
        {
            await client.AskAsync(type, $"\"session\":\"{session}\",\"tenant\":\"else\",\"subject\":\"root\",\"caller\":{{\"subject\":\"root\",\"allSessions\":true}}{fields}");
            using var request = HttpCaller.Post($"/v1/sessions/{session}/commands", $"{{\"type\":\"{type}\",\"tenant\":\"else\"{fields}}}");
            request.Headers.Add("X-Tenant", "else");
            using var _ = await http.SendAsync(request);
        }

        Assert.NotEmpty(world.Sessions.Asked);
        Assert.All(world.Sessions.Asked, asked =>
        {
            Assert.Equal(("acme", "ann", false), (asked.Key.Tenant, asked.Caller.Subject, asked.Caller.AllSessions));
            Assert.True(EntityId.IsValid(asked.Key.Session), asked.Key.Session);
        });
    }

    [Fact]
    public async Task CommandIds_OfTwoSubjectsAndTwoTenants_AreTheirOwn()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia, Foreign));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await using var mia = (await server.ConnectAsync(Mia))!;
        await using var foreign = (await server.ConnectAsync(Foreign))!;
        await ann.OpenAsync("s");
        WireAssert.Ack(await ann.AskAsync("session.share", "\"session\":\"s\",\"subjects\":[\"mia\"]"));

        var first = WireAssert.Ack(await ann.AskAsync("message.send", "\"session\":\"s\",\"text\":\"of ann\"", "same"));
        var second = WireAssert.Ack(await mia.AskAsync("message.send", "\"session\":\"s\",\"text\":\"of mia\"", "same"));
        var third = WireAssert.Ack(await foreign.AskAsync("message.send", "\"session\":\"s\",\"text\":\"of another\"", "same"));
        var again = WireAssert.Ack(await ann.AskAsync("message.send", "\"session\":\"s\",\"text\":\"of ann\"", "same"));

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(3, ((JsonElement[])[first, second, third]).Select(answer => answer.GetProperty("messageId").GetString()).Distinct().Count());
        WireAssert.Error(await mia.AskAsync("message.send", "\"session\":\"s\",\"text\":\"of ann\"", "same"), "conflict");
    }

    [Fact]
    public async Task By_IsTheKeysSubject_WhateverTheClientSays()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var client = (await server.ConnectAsync(Ann))!;
        await client.OpenAsync("s");

        await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\",\"by\":\"root\",\"subject\":\"root\"");

        var created = (await client.NextAsync("events")).GetProperty("events")[0];
        Assert.Equal(("message.created", "ann"), (created.GetProperty("type").GetString(), created.GetProperty("by").GetString()));
    }

    [Fact]
    public async Task Execute_AsManyRunningAsTheKeyMay_Is429WithRetryAfterUntilOneHasEnded()
    {
        var one = Ann with { Limits = [("Executions", 1)] };
        await using var server = await TenantServer.StartAsync(TestKey.Settings(one, Foreign));
        await using var client = (await server.ConnectAsync(one))!;
        await client.OpenAsync("s");
        var started = WireAssert.Ack(await client.AskAsync("tools.run", "\"session\":\"s\",\"calls\":[{\"tool\":\"shell\",\"arguments\":{\"command\":\"sleep 100\"}}]"));
        while (!(await client.NextAsync("events")).GetProperty("events").EnumerateArray().Any(happened => happened.GetProperty("type").GetString() == "tool.started"))
        {
        }

        var refused = WireAssert.Error(await client.AskAsync("tools.run", "\"session\":\"s\",\"calls\":[{\"tool\":\"computer\",\"arguments\":{}}]"), "rate_limited", retryable: true);
        Assert.True(refused.GetProperty("retryAfterMs").GetInt32() > 0);
        using var http = server.Http(one);
        using var request = HttpCaller.Post("/v1/tools/execute", """{"tool":"computer","arguments":{}}""");
        using var response = await http.SendAsync(request);
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (response.StatusCode, response.Headers.RetryAfter is not null));
        await server.ExecuteAsync(Foreign, "s");

        WireAssert.Ack(await client.AskAsync("batch.cancel", $"\"session\":\"s\",\"batchId\":\"{started.GetProperty("batchId").GetString()}\""));
        await WireAssert.EventuallyAsync(async () => (await client.AskAsync("tools.run", "\"session\":\"s\",\"calls\":[{\"tool\":\"computer\",\"arguments\":{}}]")).GetProperty("type").GetString() == "ack");
    }

    [Theory]
    [InlineData("OwnerBytes")]
    [InlineData("TenantBytes")]
    public async Task Send_QuotaUsedUp_IsRefusedUntilTheSessionIsDeleted(string limit)
    {
        var small = Ann with { Limits = [(limit, 2_000)] };
        await using var server = await TenantServer.StartAsync(TestKey.Settings(small));
        await using var client = (await server.ConnectAsync(small))!;
        using var http = server.Http(small);
        WireAssert.Ack(await client.AskAsync("message.send", $"\"session\":\"full\",\"text\":\"{new string('x', 3_000)}\""));

        WireAssert.Error(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""), "quota_exceeded", retryable: false);
        using var request = HttpCaller.Post("/v1/sessions/s/messages", """{"text":"hi"}""");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Contains("quota_exceeded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        WireAssert.Ack(await client.AskAsync("session.delete", "\"session\":\"full\""));

        WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"hi\""));
    }
}
