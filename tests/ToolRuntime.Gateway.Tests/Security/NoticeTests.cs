using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Notices on the whole server: who is told what, and who is not.</summary>
public class NoticeTests
{
    private static readonly string[] Usual = ["sessions:read", "sessions:write", "tools:run", "notices:write"];
    private static readonly TestKey Ann = TestKey.Ann with { Scopes = Usual };
    private static readonly TestKey Mia = new("mia1", "acme", "mia") { Scopes = Usual };
    private static readonly TestKey Foreign = new("ann2", "else", "ann") { Scopes = Usual };
    private static readonly TestKey Operator = new("ops", "house", "ops") { Scopes = [.. Usual, "notices:everybody"] };

    [Fact]
    public async Task Notice_ToEach_ReachesThoseAndNobodyElse()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia, Foreign, Operator));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await using var annElsewhere = (await server.ConnectAsync(Ann))!;
        await using var mia = (await server.ConnectAsync(Mia))!;
        await using var foreign = (await server.ConnectAsync(Foreign))!;
        await ann.OpenAsync("s1");
        await annElsewhere.OpenAsync("s2");
        await mia.OpenAsync("s3");
        await foreign.OpenAsync("s1"); // another session of the same name

        await PostAsync(server, Ann, """{"to":{"session":"s1"},"text":"to session"}""");
        await PostAsync(server, Ann, """{"to":{"user":"ann"},"text":"to user"}""");
        await PostAsync(server, Ann, """{"to":{"tenant":"acme"},"text":"to tenant"}""");
        await PostAsync(server, Operator, """{"to":{"everybody":true},"text":"to everybody","level":"warning"}""");

        Assert.Equal(["to session", "to user", "to tenant", "to everybody"], await ToldAsync(ann));
        Assert.Equal(["to user", "to tenant", "to everybody"], await ToldAsync(annElsewhere));
        Assert.Equal(["to tenant", "to everybody"], await ToldAsync(mia));
        Assert.Equal(["to everybody"], await ToldAsync(foreign));
    }

    [Fact]
    public async Task Notice_ToASession_IsNotToldToThoseWhoMayNotReadItNorToALaterOneOfItsName()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia, Operator));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await using var mia = (await server.ConnectAsync(Mia))!;
        await ann.OpenAsync("s");
        await PostAsync(server, Ann, """{"to":{"session":"s"},"text":"secret"}""");

        WireAssert.Error(await mia.AskAsync("session.open", "\"session\":\"s\""), "forbidden");
        await RefusedAsync(server, Mia, """{"to":{"session":"s"},"text":"intrusion"}""", "forbidden");
        await RefusedAsync(server, Mia, """{"to":{"session":"nowhere"},"text":"x"}""", "not_found");
        Assert.Equal("forbidden", await ListErrorAsync(server, Mia, "s"));
        WireAssert.Ack(await ann.AskAsync("session.delete", "\"session\":\"s\""));
        await mia.OpenAsync("s");
        await PostAsync(server, Operator, """{"to":{"everybody":true},"text":"the last"}""");

        Assert.Equal(["the last"], await ToldAsync(mia));
        Assert.Equal(["the last"], await ListAsync(server, Mia, "s"));
    }

    [Fact]
    public async Task Post_BeyondOnesReach_IsForbidden()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia with { Scopes = ["sessions:read"] }));

        await RefusedAsync(server, Ann, """{"to":{"everybody":true},"text":"x"}""", "forbidden");
        await RefusedAsync(server, Ann, """{"to":{"tenant":"else"},"text":"x"}""", "forbidden");
        await RefusedAsync(server, Mia, """{"to":{"user":"mia"},"text":"x"}""", "forbidden");
    }

    [Fact]
    public async Task Withdraw_ToAnotherTenant_NeedsItsNameAndTheScope()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Foreign, Operator));
        var id = await PostAsync(server, Operator, """{"to":{"tenant":"else"},"text":"maintenance"}""");
        async Task<HttpStatusCode> WithdrawAsync(TestKey key, string more)
        {
            using var http = server.Http(key);
            using var answer = await http.DeleteAsync($"/v1/notices/{id}?withdraw=true{more}");
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotFound, await WithdrawAsync(Operator, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await WithdrawAsync(Ann, "&tenant=else"));
        Assert.Equal(["maintenance"], await ListAsync(server, Foreign, null));
        Assert.Equal(HttpStatusCode.OK, await WithdrawAsync(Operator, "&tenant=else"));
        Assert.Empty(await ListAsync(server, Foreign, null));
    }

    [Theory]
    [InlineData("""{"to":{},"text":"x"}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann","tenant":"acme"},"text":"x"}""", "invalid_command")]
    [InlineData("""{"to":{"everybody":false},"text":"x"}""", "invalid_command")]
    [InlineData("""{"to":{"user":"a/b"},"text":"x"}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"}}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"  "}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"x","level":"fatal"}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"x","ttlMs":0}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"x","ttlMs":99999999999}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"x","expiresAt":"2000-01-01T00:00:00Z"}""", "invalid_command")]
    [InlineData("""{"to":{"user":"ann"},"text":"12345678901"}""", "too_large")]
    public async Task Post_Wrong_IsRefused(string body, string code)
    {
        await using var server = await TenantServer.StartAsync([.. TestKey.Settings(Ann), ("Notices:MaxTextLength", 10)]);

        await RefusedAsync(server, Ann, body, code);
    }

    [Fact]
    public async Task Post_TooManyOrTooOften_IsRefused()
    {
        await using var server = await TenantServer.StartAsync([.. TestKey.Settings(Ann), ("Notices:KeptPerTarget", 2), ("Http:NoticesPerMinute", 4)]);
        await PostAsync(server, Ann, """{"to":{"user":"ann"},"text":"1"}""");
        await PostAsync(server, Ann, """{"to":{"user":"ann"},"text":"2"}""");

        await RefusedAsync(server, Ann, """{"to":{"user":"ann"},"text":"3"}""", "quota_exceeded");
        await PostAsync(server, Ann, """{"to":{"user":"mia"},"text":"1"}""");
        await RefusedAsync(server, Ann, """{"to":{"user":"mia"},"text":"2"}""", "rate_limited");
    }

    [Fact]
    public async Task Post_Repeated_IsOneNotice()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));

        var first = await PostAsync(server, Ann, """{"to":{"user":"ann"},"text":"once"}""", "key1");
        var again = await PostAsync(server, Ann, """{"to":{"user":"ann"},"text":"once"}""", "key1");
        await RefusedAsync(server, Ann, """{"to":{"user":"ann"},"text":"twice"}""", "conflict", "key1");

        Assert.Equal(first, again);
        Assert.Equal(["once"], await ListAsync(server, Ann));
    }

    [Fact]
    public async Task Dismiss_InOneTab_IsDoneInAllOfTheUsersAndInNobodyElses()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia));
        await using var one = (await server.ConnectAsync(Ann))!;
        await using var other = (await server.ConnectAsync(Ann))!;
        await using var mia = (await server.ConnectAsync(Mia))!;
        var id = await PostAsync(server, Mia, """{"to":{"tenant":"acme"},"text":"hello"}""");
        foreach (var client in (WireClient[])[one, other, mia]) await client.NextAsync("notice");

        WireAssert.Ack(await one.AskAsync("notices.dismiss", $"\"noticeId\":\"{id}\""));

        foreach (var client in (WireClient[])[one, other]) Assert.Equal(id, (await client.NextAsync("notices.gone")).GetProperty("ids")[0].GetString());
        Assert.Empty(await ListAsync(server, Ann));
        Assert.Equal(["hello"], await ListAsync(server, Mia));
        await using var later = (await server.ConnectAsync(Ann))!;
        await PostAsync(server, Mia, """{"to":{"tenant":"acme"},"text":"again"}""");
        Assert.Equal(["again"], await ToldAsync(later, 1));
        WireAssert.Error(await one.AskAsync("notices.dismiss", "\"noticeId\":\"n_nothing\""), "not_found");
        WireAssert.Error(await one.AskAsync("notices.dismiss"), "invalid_command");
    }

    [Fact]
    public async Task Withdraw_ByItsAuthorAlone_TakesItFromEverybody()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia));
        await using var mia = (await server.ConnectAsync(Mia))!;
        var id = await PostAsync(server, Ann, """{"to":{"tenant":"acme"},"text":"wrong"}""");
        await mia.NextAsync("notice");

        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(server, Mia, $"{id}?withdraw=true"));
        Assert.Equal(HttpStatusCode.OK, await DeleteAsync(server, Ann, $"{id}?withdraw=true"));

        Assert.Equal(id, (await mia.NextAsync("notices.gone")).GetProperty("ids")[0].GetString());
        Assert.Empty(await ListAsync(server, Mia));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(server, Ann, $"{id}?withdraw=true"));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(server, Ann, id));
    }

    [Fact]
    public async Task Notice_OfAClosedSession_IsGoneUntilItIsOpenedAgain()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await ann.OpenAsync("s");
        await PostAsync(server, Ann, """{"to":{"session":"s"},"text":"here"}""");
        await ann.NextAsync("notice");

        await ann.AskAsync("session.close", "\"session\":\"s\"");
        await ann.NextAsync("notices.gone");
        await ann.OpenAsync("s");

        Assert.Equal("here", (await ann.NextAsync("notice")).GetProperty("notice").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Stream_OfASession_HasItsNotices()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await ann.OpenAsync("s");
        using var http = server.Http(Ann);
        http.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri("/v1/sessions/s/events", UriKind.Relative)));

        await PostAsync(server, Ann, """{"to":{"session":"s"},"text":"over there"}""");

        var line = await LineAsync(reader, "over there");
        Assert.StartsWith("data: {\"type\":\"notice\"", line, StringComparison.Ordinal);
    }

    internal static async Task<string> LineAsync(StreamReader reader, string with)
    {
        while (await reader.ReadLineAsync().WaitAsync(World.Patience) is { } line)
        {
            if (line.Contains(with, StringComparison.Ordinal)) return line;
        }

        throw new EndOfStreamException();
    }

    /// <summary>The texts up to the last notice that a test posts.</summary>
    private static async Task<List<string>> ToldAsync(WireClient client, int? count = null)
    {
        var texts = new List<string>();
        while (count is { } wanted ? texts.Count < wanted : texts is not [.., "to everybody" or "the last"])
        {
            texts.Add((await client.NextAsync("notice")).GetProperty("notice").GetProperty("text").GetString()!);
        }

        return texts;
    }

    private static async Task<string> PostAsync(TenantServer server, TestKey key, string body, string? id = null)
    {
        var (status, json) = await SendAsync(server, key, body, id);
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        return json.GetProperty("notice").GetProperty("id").GetString()!;
    }

    private static async Task RefusedAsync(TenantServer server, TestKey key, string body, string code, string? id = null) =>
        Assert.Equal(code, (await SendAsync(server, key, body, id)).Json.GetProperty("error").GetProperty("code").GetString());

    private static async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(TenantServer server, TestKey key, string body, string? id)
    {
        using var http = server.Http(key);
        using var request = HttpCaller.Post("/v1/notices", body);
        if (id is not null) request.Headers.Add("Idempotency-Key", id);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task<string[]> ListAsync(TenantServer server, TestKey key, string? session = null)
    {
        using var http = server.Http(key);
        var json = await http.GetFromJsonAsync<JsonElement>(new Uri($"/v1/notices{(session is null ? "" : $"?session={session}")}", UriKind.Relative));
        return [.. json.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("text").GetString()!)];
    }

    private static async Task<string?> ListErrorAsync(TenantServer server, TestKey key, string session)
    {
        using var http = server.Http(key);
        using var response = await http.GetAsync(new Uri($"/v1/notices?session={session}", UriKind.Relative));
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString();
    }

    private static async Task<HttpStatusCode> DeleteAsync(TenantServer server, TestKey key, string id)
    {
        using var http = server.Http(key);
        using var response = await http.DeleteAsync(new Uri($"/v1/notices/{id}", UriKind.Relative));
        return response.StatusCode;
    }
}
