using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Search on the whole server: what is found, by whom, and what is not any more.</summary>
public sealed class SearchTests
{
    private static readonly TestKey Ann = new("ann1", "acme", "ann");
    private static readonly TestKey Eve = new("eve1", "acme", "eve");
    private static readonly TestKey All = new("all1", "acme", "olga") { Scopes = ["sessions:read", "sessions:all"] };
    private static readonly TestKey Blind = new("bln1", "acme", "ann") { Scopes = ["tools:run"] };
    private static readonly TestKey Other = new("oth1", "else", "ann") { Scopes = ["sessions:read", "sessions:all"] };

    [Fact]
    public async Task Search_CommandOutputAndResult_AreFoundWithTheirPlaces()
    {
        await using var server = await StartAsync();
        await RunAsync(server, "s1", "for i in 1 2 3; do echo line $i; done; printf '\\033[31mbro%s\\033[0m <b>pipe</b>\\n' ken; exit 3");

        var hit = await FindOneAsync(server, Ann, "\"broken b pipe\"&kind=output");
        Assert.Equal(("s1", "output", "shell", "failed", "ann", "stdout", 4), (
            hit.GetProperty("session").GetString(), hit.GetProperty("kind").GetString(), hit.GetProperty("tool").GetString(), hit.GetProperty("state").GetString(),
            hit.GetProperty("user").GetString(), hit.GetProperty("stream").GetString(), hit.GetProperty("line").GetInt32()));
        Assert.Equal(["broken <b>pipe"], hit.GetProperty("snippet").EnumerateArray().Where(part => part.TryGetProperty("match", out _)).Select(part => part.GetProperty("text").GetString()));
        var command = await FindOneAsync(server, Ann, "printf&kind=command&tool=shell&state=failed&user=ann&session=s1&from=2020-01-01");
        Assert.Equal(hit.GetProperty("executionId").GetString(), command.GetProperty("executionId").GetString());
        Assert.True(command.GetProperty("seq").GetInt64() < hit.GetProperty("seq").GetInt64());
        Assert.Equal(0, await CountAsync(server, Ann, "printf&state=completed"));
        Assert.Equal(0, await CountAsync(server, Ann, "printf&tool=code"));
        Assert.Equal(0, await CountAsync(server, Ann, "printf&to=2020-01-01"));
        Assert.Equal(0, await CountAsync(server, Ann, "printf&user=eve"));
    }

    [Fact]
    public async Task Search_ByWhoMayNotReadTheSession_FindsNothingOfIt()
    {
        await using var server = await StartAsync();
        await RunAsync(server, "s1", "echo unmistakable");
        await FindOneAsync(server, Ann, "unmistakable&kind=output");

        Assert.Equal(1, await CountAsync(server, All, "unmistakable&kind=output"));
        Assert.Equal(0, await CountAsync(server, Eve, "unmistakable"));
        Assert.Equal(0, await CountAsync(server, Other, "unmistakable"));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, Eve, "unmistakable&session=s1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, Other, "unmistakable&session=s1")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, Blind, "unmistakable")).Status);

        await CommandAsync(server, "s1", """{"type":"session.share","subjects":["eve"]}""");
        Assert.Equal(1, await CountAsync(server, Eve, "unmistakable&kind=output"));
        Assert.Equal(1, await CountAsync(server, Eve, "unmistakable&kind=output&session=s1"));
        await CommandAsync(server, "s1", """{"type":"session.share","subjects":[]}""");
        Assert.Equal(0, await CountAsync(server, Eve, "unmistakable"));
    }

    [Fact]
    public async Task Search_AfterErasing_FindsNothingFromItsAnswerOn()
    {
        await using var server = await StartAsync();
        foreach (var session in (string[])["s1", "s2", "s3"]) await RunAsync(server, session, "echo perishable");
        var sent = await CommandAsync(server, "s1", """{"type":"message.send","text":"an erasable word"}""");
        await WireAssert.EventuallyAsync(async () => await CountAsync(server, Ann, "perishable&kind=output") == 3 && await CountAsync(server, Ann, "erasable&kind=message") > 0);
        await WireAssert.EventuallyAsync(async () => (await MessageStateAsync(server, sent.GetProperty("replyId").GetString()!)) == "completed");
        var message = sent.GetProperty("messageId").GetString();

        await CommandAsync(server, "s1", $$"""{"type":"message.edit","messageId":"{{message}}","text":"another text"}""");
        await WireAssert.EventuallyAsync(async () => await CountAsync(server, Ann, "\"another text\"") == 1);
        Assert.Equal(0, await CountAsync(server, Ann, "\"an erasable word\""));
        await CommandAsync(server, "s1", $$"""{"type":"message.delete","messageId":"{{message}}"}""");
        Assert.Equal(0, await CountAsync(server, Ann, "\"another text\""));
        Assert.Equal(3, await CountAsync(server, Ann, "perishable&kind=output"));

        await CommandAsync(server, "s2", """{"type":"session.reset"}""");
        Assert.Equal(2, await CountAsync(server, Ann, "perishable&kind=output"));
        await CommandAsync(server, "s3", """{"type":"session.delete"}""");
        Assert.Equal(1, await CountAsync(server, Ann, "perishable&kind=output"));
    }

    [Theory]
    [InlineData("", "q has no word to search for.")]
    [InlineData("\"x", "q has a quotation mark without its other one.")]
    [InlineData("word&limit=51", "limit is no number from 1 to 50.")]
    [InlineData("word&kind=x", "kind is none of message, command, output, result.")]
    [InlineData("word&state=executing", "state is none of completed, failed, timed_out, cancelled.")]
    [InlineData("word&from=yesterday", "from is no time such as 2026-11-28 or 2026-11-28T12:00:00Z.")]
    [InlineData("word&from=2026-11-28&to=2026-11-28", "from is not before to.")]
    [InlineData("word&session=a/b", "session is no id of a session.")]
    [InlineData("word&user=a b", "user is no subject.")]
    [InlineData("word&after=x", "after is no page's next.")]
    public async Task Search_WhatCannotBeAsked_SaysWhy(string query, string message)
    {
        await using var server = await StartAsync();

        var (status, body) = await GetAsync(server, Ann, query);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_command", message), (status, body.GetProperty("error").GetProperty("code").GetString(), body.GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Search_WithoutAnIndex_SaysSo()
    {
        await using var server = await TenantServer.StartAsync([("SessionSearch:Enabled", false), .. TestKey.Settings(Ann)]);

        var (status, body) = await GetAsync(server, Ann, "word");

        Assert.Equal((HttpStatusCode.NotImplemented, "search_not_configured"), (status, body.GetProperty("error").GetProperty("code").GetString()));
    }

    private static Task<TenantServer> StartAsync() => TenantServer.StartAsync([("SessionSearch:GatherMs", 10), .. TestKey.Settings(Ann, Eve, All, Blind, Other)]);

    private static async Task RunAsync(TenantServer server, string session, string command)
    {
        using var http = server.Http(Ann);
        using var response = await http.PostAsJsonAsync(new Uri("/v1/tools/execute", UriKind.Relative), new { tool = "shell", arguments = new { command }, session });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<JsonElement> CommandAsync(TenantServer server, string session, string command)
    {
        using var http = server.Http(Ann);
        using var request = HttpCaller.Post($"/v1/sessions/{session}/commands", command);
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return body;
    }

    private static async Task<string?> MessageStateAsync(TenantServer server, string id)
    {
        using var http = server.Http(Ann);
        var page = await http.GetFromJsonAsync<JsonElement>(new Uri("/v1/sessions/s1/messages", UriKind.Relative));
        return page.GetProperty("messages").EnumerateArray().Single(message => message.GetProperty("id").GetString() == id).GetProperty("state").GetString();
    }

    /// <summary>Waits until it is indexed.</summary>
    private static async Task<JsonElement> FindOneAsync(TenantServer server, TestKey key, string query)
    {
        await WireAssert.EventuallyAsync(async () => await CountAsync(server, key, query) == 1);
        return (await GetAsync(server, key, query)).Body.GetProperty("hits")[0];
    }

    private static async Task<int> CountAsync(TenantServer server, TestKey key, string query)
    {
        var (status, body) = await GetAsync(server, key, query);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body.GetProperty("hits").GetArrayLength();
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(TenantServer server, TestKey key, string query)
    {
        using var http = server.Http(key);
        using var response = await http.GetAsync(new Uri($"/v1/search?q={query}", UriKind.Relative));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
