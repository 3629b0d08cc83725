using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Sharing;

/// <summary>Links to replays, on the whole server.</summary>
public sealed class ShareTests
{
    private static readonly TestKey Ann = new("ann1", "acme", "ann"), Mia = new("mia1", "acme", "mia"), Foreign = new("else1", "else", "ann");

    [Fact]
    public async Task Link_WithoutAKey_ShowsTheExecutionAloneRedacted()
    {
        await using var server = await StartAsync(("Shares:Secrets:0", "hunter2-hunter2"), ("Shares:Shapes:0:Prefix", "acme_"));
        const string command = """{"command":"echo 'token acme_0123456789abcdefXYZ and DB_PASSWORD=letmein end'; printf hunter2-; sleep 0.2; echo hunter2","environment":{"API_TOKEN":"tell-nobody"}}""";
        var (_, execution) = await server.ExecuteAsync(Ann, "s1", "shell", command);
        await server.ExecuteAsync(Ann, "s1", "shell", """{"command":"echo elsewhere-42"}""");
        var (token, share) = await ShareAsync(server, "s1", $$"""{"execution":"{{execution}}"}""");

        using var http = server.Http(null);
        var what = await http.GetFromJsonAsync<JsonElement>($"/v1/shared/{token}");
        var events = await http.GetStringAsync($"/v1/shared/{token}/recording?format=events");
        var text = await http.GetStringAsync($"/v1/shared/{token}/recording?format=text");
        var cast = await http.GetStringAsync($"/v1/shared/{token}/recording");

        Assert.Equal((execution, true), (what.GetProperty("executionId").GetString(), what.GetProperty("follows").GetBoolean()));
        Assert.False(what.TryGetProperty("by", out _));
        foreach (var shown in (string[])[events, text, cast])
        {
            Assert.Contains("[redacted]", shown, StringComparison.Ordinal);
            foreach (var secret in (string[])["acme_0123", "letmein", "hunter2-hunter2", "tell-nobody", "elsewhere-42", "\"s1\"", "\"ann\""]) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        }

        Assert.Contains("token [redacted] and DB_[redacted] end", text, StringComparison.Ordinal);
        Assert.EndsWith(",\"x\",\"0\"]\n", cast, StringComparison.Ordinal);
        Assert.DoesNotContain(token, share.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_OfASession_ShowsWhatWasThereAndNoMoreUnlessItFollows()
    {
        await using var server = await StartAsync();
        await server.ExecuteAsync(Ann, "s1", "shell", """{"command":"echo first"}""");
        var (still, fixedShare) = await ShareAsync(server, "s1", "{}");
        var (live, _) = await ShareAsync(server, "s1", """{"follow":true}""");
        var from = fixedShare.GetProperty("to").GetInt64() + 1;
        await server.ExecuteAsync(Ann, "s1", "shell", """{"command":"echo second"}""");
        var (part, _) = await ShareAsync(server, "s1", $$"""{"from":{{from}},"follow":true}""");

        using var http = server.Http(null);
        var (before, both, after) = (await TextAsync(http, still), await TextAsync(http, live), await TextAsync(http, part));

        Assert.Equal((true, false), (before.Contains("\nfirst\n", StringComparison.Ordinal), before.Contains("second", StringComparison.Ordinal)));
        Assert.Equal((true, true), (both.Contains("\nfirst\n", StringComparison.Ordinal), both.Contains("\nsecond\n", StringComparison.Ordinal)));
        Assert.Equal((false, true), (after.Contains("first", StringComparison.Ordinal), after.Contains("\nsecond\n", StringComparison.Ordinal)));
        Assert.Contains($"events 1 to {from - 1} are not kept", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ThatIsNone_IsNotFound()
    {
        await using var server = await StartAsync();
        await server.ExecuteAsync(Ann, "s1");
        var (token, _) = await ShareAsync(server, "s1", "{}");
        var tampered = (token[0] == 'A' ? 'B' : 'A') + token[1..];

        using var http = server.Http(null);
        foreach (var wrong in (string[])[tampered, token[1..], "x", new('A', 43)]) await RefusedAsync(http, $"/v1/shared/{wrong}", HttpStatusCode.NotFound, "not_found");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"/v1/shared/{token}", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Revoke_ByTheOwnerOrItsMaker_EndsTheLink()
    {
        await using var server = await StartAsync();
        await server.ExecuteAsync(Ann, "s1");
        await CommandAsync(server, "s1", """{"type":"session.share","subjects":["mia"]}""");
        var (anns, annsShare) = await ShareAsync(server, "s1", """{"label":"for Bob"}""");
        var (mias, miasShare) = await ShareAsync(server, "s1", "{}", Mia);
        using var nobody = server.Http(null);
        using var mia = server.Http(Mia);
        using var foreign = server.Http(Foreign);

        await DeleteAsync(mia, annsShare, HttpStatusCode.Forbidden);
        await DeleteAsync(foreign, annsShare, HttpStatusCode.NotFound);
        await RefusedAsync(foreign, "/v1/sessions/s1/shares", HttpStatusCode.NotFound, "not_found");
        var listed = (await mia.GetFromJsonAsync<JsonElement>("/v1/sessions/s1/shares")).GetProperty("shares").EnumerateArray().ToList();
        Assert.Equal([("ann", "for Bob"), ("mia", null)], listed.Select(share => (share.GetProperty("by").GetString(), share.TryGetProperty("label", out var label) ? label.GetString() : null)));

        await DeleteAsync(mia, miasShare, HttpStatusCode.OK);
        await RefusedAsync(nobody, $"/v1/shared/{mias}", HttpStatusCode.NotFound, "not_found");
        using var ann = server.Http(Ann);
        await DeleteAsync(ann, annsShare, HttpStatusCode.OK);
        await RefusedAsync(nobody, $"/v1/shared/{anns}/recording", HttpStatusCode.NotFound, "not_found");
        await DeleteAsync(ann, annsShare, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("session.delete")]
    [InlineData("session.reset")]
    public async Task Link_SessionDeletedOrReset_LeadsNowhereAlsoWhenItBeginsAnew(string command)
    {
        await using var server = await StartAsync();
        await server.ExecuteAsync(Ann, "s1");
        var (token, _) = await ShareAsync(server, "s1", """{"follow":true}""");
        using var http = server.Http(null);
        using (var before = await http.GetAsync(new Uri($"/v1/shared/{token}", UriKind.Relative))) Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await CommandAsync(server, "s1", $$"""{"type":"{{command}}"}""");
        await server.ExecuteAsync(Ann, "s1");

        await WireAssert.EventuallyAsync(async () => (await http.GetAsync(new Uri($"/v1/shared/{token}", UriKind.Relative))).StatusCode == HttpStatusCode.NotFound);
        var (again, _) = await ShareAsync(server, "s1", "{}");
        using var after = await http.GetAsync(new Uri($"/v1/shared/{again}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Link_AskedForTooOften_IsRateLimited()
    {
        await using var server = await StartAsync(("Shares:OpensPerSecond", 1), ("Shares:OpenBurst", 2));
        await server.ExecuteAsync(Ann, "s1");
        var (token, _) = await ShareAsync(server, "s1", "{}");
        using var http = server.Http(null);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20 && !answers.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await http.GetAsync(new Uri($"/v1/shared/{token}", UriKind.Relative));
            answers.Add(answer.StatusCode);
        }

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (answers[0], answers[^1]));
    }

    [Fact]
    public async Task Guesses_TooMany_AreRateLimited()
    {
        await using var server = await StartAsync(("Shares:UnknownPerSecond", 1));
        using var http = server.Http(null);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40 && !answers.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await http.GetAsync(new Uri($"/v1/shared/{Gateway.Sharing.ShareToken.New()}", UriKind.Relative));
            answers.Add(answer.StatusCode);
        }

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests), (answers[0], answers[^1]));
    }

    [Theory]
    [InlineData("""{"expiresInHours":721}""", 400, "invalid_command")]
    [InlineData("""{"expiresInHours":0}""", 400, "invalid_command")]
    [InlineData("""{"from":3,"to":2}""", 400, "invalid_command")]
    [InlineData("""{"to":2,"follow":true}""", 400, "invalid_command")]
    [InlineData("""{"to":100000}""", 400, "invalid_command")]
    [InlineData("""{"expires":1}""", 400, "invalid_command")]
    [InlineData("""{"execution":"none"}""", 404, "not_found")]
    public async Task Create_WhatCanNotBe_IsRefused(string body, int status, string code)
    {
        await using var server = await StartAsync();
        await server.ExecuteAsync(Ann, "s1");
        using var http = server.Http(Ann);

        using var answer = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", body));

        Assert.Equal((status, code), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Create_MoreThanTheSessionMayHave_IsQuotaExceeded()
    {
        await using var server = await StartAsync(("Shares:PerSession", 1));
        await server.ExecuteAsync(Ann, "s1");
        var (_, share) = await ShareAsync(server, "s1", "{}");
        using var http = server.Http(Ann);

        using var second = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", "{}"));
        Assert.Equal("quota_exceeded", (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());

        await DeleteAsync(http, share, HttpStatusCode.OK);
        await ShareAsync(server, "s1", "{}");
    }

    [Fact]
    public async Task Disabled_NoLinkIsMade()
    {
        await using var server = await StartAsync(("Shares:Enabled", false));
        await server.ExecuteAsync(Ann, "s1");
        using var http = server.Http(Ann);

        using var answer = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", "{}"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static Task<TenantServer> StartAsync(params (string Name, object Value)[] settings) => TenantServer.StartAsync([.. TestKey.Settings(Ann, Mia, Foreign), .. settings]);

    private static Task<string> TextAsync(HttpClient http, string token) => http.GetStringAsync($"/v1/shared/{token}/recording?format=text");

    private static async Task<(string Token, JsonElement Share)> ShareAsync(TenantServer server, string session, string body, TestKey? key = null)
    {
        using var http = server.Http(key ?? Ann);
        using var answer = await http.SendAsync(HttpCaller.Post($"/v1/sessions/{session}/shares", body));
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, json.GetRawText());
        return (json.GetProperty("token").GetString()!, json.GetProperty("share"));
    }

    private static async Task CommandAsync(TenantServer server, string session, string command)
    {
        using var http = server.Http(Ann);
        using var answer = await http.SendAsync(HttpCaller.Post($"/v1/sessions/{session}/commands", command));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task DeleteAsync(HttpClient http, JsonElement share, HttpStatusCode expected)
    {
        using var answer = await http.DeleteAsync(new Uri($"/v1/sessions/s1/shares/{share.GetProperty("shareId").GetString()}", UriKind.Relative));
        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task RefusedAsync(HttpClient http, string path, HttpStatusCode status, string code)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal((status, code), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString()));
    }
}
