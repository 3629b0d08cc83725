using Microsoft.AspNetCore.Http;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Tools that ask providers, on the real server: what the user and the model are told on good and on bad days.</summary>
public sealed class ProviderTests
{
    private const string Key = "tvly-0123456789abcdefgh";

    [Fact]
    public async Task WebSearch_LimitedThenWell_IsRetriedAsAskedStreamedCountedAndCached()
    {
        await using var tavily = await WebServer.StartAsync();
        var limited = true;
        tavily.Answer = context =>
        {
            if (!limited) return SendAsync(context, """{"results":[{"title":"One","url":"https://example.org/","content":"First.","score":0.5}]}""");
            limited = false;
            context.Response.Headers.RetryAfter = "1";
            return SendAsync(context, """{"detail":{"error":"Too many requests."}}""", 429);
        };
        await using var server = await StartAsync(tavily);
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("search");

        var end = await client.RunAsync(record, "web_search", new() { ["query"] = "orleans" });
        var again = await client.RunAsync(record, "web_search", new() { ["query"] = "orleans" });

        Assert.Equal(("tool.completed", 2, 2), (end.Type, end.Attempt, tavily.Requests.Count));
        var retry = record.Events.Single(e => e.Type == "tool.retry").Json;
        Assert.Contains("Tavily answered 429: Too many requests.", retry.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("https://example.org/", end.Json.GetProperty("result").GetProperty("results")[0].GetProperty("url").GetString());
        Assert.Equal(1, end.Json.GetProperty("metrics").GetProperty("apiCalls").GetInt32());
        Assert.Contains(record.Events, e => e.Type == "tool.output" && e.Json.GetProperty("stream").GetString() == "result");
        Assert.True(again.Json.GetProperty("metrics").GetProperty("cached").GetBoolean());
        record.Verify();
    }

    [Fact]
    public async Task WebSearch_KeyIsRefused_UserAndModelAreToldWithoutIt()
    {
        await using var tavily = await WebServer.StartAsync();
        tavily.Answer = context => SendAsync(context, $$$"""{"detail":{"error":"Unauthorized: invalid API key {{{Key}}}."}}""", 401);
        await using var server = await StartAsync(tavily);
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("model");

        var ack = await client.SendAsync(Command.SendMessage("model", "/web_search {\"query\":\"q\"}"));
        await record.ReplyEndedAsync(ack.GetProperty("replyId").GetString()!);

        const string Told = "Tavily refused this server's key (401): Unauthorized: invalid API key [redacted].";
        var error = record.Events.Single(e => e.Type == "tool.failed").Json.GetProperty("error");
        Assert.Equal(("provider_error", Told, false), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.Contains(record.Events, e => e.Type == "message.delta" && e.Raw.Contains("Tavily refused", StringComparison.Ordinal));
        Assert.DoesNotContain(record.Events, e => e.Raw.Contains(Key, StringComparison.Ordinal));
        Assert.DoesNotContain(Key, server.Process.Output, StringComparison.Ordinal);
        Assert.Single(tavily.Requests);
    }

    [Fact]
    public async Task WebSearch_NotConfigured_IsSaidInTheListAndWhenItIsRun()
    {
        await using var server = await TestServer.StartAsync("--TAVILY_API_KEY=", "--SEARXNG_BASE_URL=");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("none");

        var end = await client.RunAsync(record, "web_search", new() { ["query"] = "q" });
        var listed = (await server.GetJsonAsync("/v1/tools")).GetProperty("tools").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "web_search");

        Assert.Equal(("tool.failed", "provider_not_configured"), (end.Type, end.ErrorCode));
        Assert.Contains("TAVILY_API_KEY", listed.GetProperty("notForModels").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_OfClientAndModel_RunTheTools()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Aliases:Names:cat:Tool=file_read", "--ToolRuntime:Aliases:Names:cat:Arguments:file=path");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("alias");

        var ack = await client.SendAsync(Command.SendMessage("alias", "/os-write {\"file_path\":\"a.txt\",\"content\":\"one\\ntwo\\n\"}"));
        await record.ReplyEndedAsync(ack.GetProperty("replyId").GetString()!);
        var replaced = await client.RunAsync(
            record, "os-line-replace", new() { ["file_path"] = "a.txt", ["search"] = "two", ["first_replaced_line"] = 2, ["last_replaced_line"] = 2, ["replace"] = "three\n" });
        var read = await client.RunAsync(record, "cat", new() { ["file"] = "a.txt" });

        Assert.Equal("tool.completed", replaced.Type);
        Assert.Contains("one\\nthree", read.Raw, StringComparison.Ordinal);
        var planned = record.Events.Where(e => e.Type == "batch.started").Select(e => e.Json.GetProperty("tools")[0].GetProperty("name").GetString());
        Assert.Equal(["file_write", "file_replace_lines", "file_read"], planned);
        record.Verify();
    }

    [Theory]
    [InlineData("--WEB_SEARCH_TIMEOUT_MS=soon", "WEB_SEARCH_TIMEOUT_MS")]
    [InlineData("--ToolRuntime:Search:TavilyUrl=nowhere", "ToolRuntime:Search")]
    [InlineData("--FIRECRAWL_API_KEY=a b", "ToolRuntime:Web:Firecrawl")]
    [InlineData("--ToolRuntime:Aliases:Names:a:Tool=os-write", "ToolRuntime:Aliases")]
    public async Task Start_WrongSetting_IsRefusedByName(string setting, string named)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(setting));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(WebServer tavily) =>
        TestServer.StartAsync("--TAVILY_API_KEY=" + Key, "--TAVILY_BASE_URL=" + tavily.Url("").TrimEnd('/'), "--WEB_SEARCH_TIMEOUT_MS=60000", "--TOOL_CACHE_TTL=600");

    private static Task SendAsync(HttpContext context, string json, int status = 200)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(json);
    }
}
