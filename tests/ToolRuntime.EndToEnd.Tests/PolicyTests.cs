using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>A tool's circuit breaker, cache and cap on the real server, as clients see them.</summary>
public sealed class PolicyTests
{
    private const string AllowWeb = "--ToolRuntime:Web:AllowedHosts:0=127.0.0.1";

    [Fact]
    public async Task WebScrape_ServerIsDown_BreakerOpensAndAfterTheBreakItWorksAgain()
    {
        await using var web = await WebServer.StartAsync();
        await using var server = await TestServer.StartAsync(
            AllowWeb, "--ToolRuntime:Tools:web_scrape:BreakerMinimumCalls=3", "--ToolRuntime:Tools:web_scrape:BreakerBreak=00:00:10");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("web");
        web.Status = 503;

        var ends = await EndsAsync(client, record, Scrape(web, "a"), Scrape(web, "b"), Scrape(web, "c"));

        // Each was retried while the breaker was open.
        Assert.All(ends, end => Assert.Equal(("tool.failed", "circuit_open", 2), (end.Type, end.ErrorCode, end.Attempt)));
        Assert.Equal(3, web.Requests.Count);
        Assert.Contains("""toolruntime_tool_breaker_state{tool="web_scrape"} 2""", await MetricsAsync(server), StringComparison.Ordinal);

        web.Status = 200;
        var refused = Assert.Single(await EndsAsync(client, record, Scrape(web, "d")));
        var error = refused.Json.GetProperty("error");
        Assert.Equal(("circuit_open", true, 1), (refused.ErrorCode, error.GetProperty("retryable").GetBoolean(), refused.Attempt));
        Assert.Equal(3, web.Requests.Count);

        // As the server asked.
        await Task.Delay(TimeSpan.FromMilliseconds(error.GetProperty("retryAfterMs").GetInt32()));
        var completed = Assert.Single(await EndsAsync(client, record, Scrape(web, "d")));
        Assert.Equal(("tool.completed", "It works."), (completed.Type, completed.Json.GetProperty("result").GetProperty("text").GetString()));
        var metrics = await MetricsAsync(server);
        Assert.Contains("""toolruntime_tool_breaker_state{tool="web_scrape"} 0""", metrics, StringComparison.Ordinal);
        Assert.Matches("""toolruntime_tool_breaker_transitions_total\{[^}]*to="closed"[^}]*\} 1""", metrics);
        record.Verify();
    }

    [Fact]
    public async Task WebScrape_Again_IsAnsweredFromTheCacheAndSaysSo()
    {
        await using var web = await WebServer.StartAsync();
        await using var server = await TestServer.StartAsync(AllowWeb);
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("web");
        var first = Assert.Single(await EndsAsync(client, record, Scrape(web, "a")));

        var again = Assert.Single(await EndsAsync(client, record, new ToolUse("web_scrape", new JsonObject { ["url"] = web.Url("a") })));

        Assert.Equal(["a"], web.Requests);
        Assert.False(first.Json.GetProperty("metrics").TryGetProperty("cached", out _));
        Assert.True(again.Json.GetProperty("metrics").GetProperty("cached").GetBoolean());
        Assert.InRange(again.Json.GetProperty("metrics").GetProperty("ageMs").GetInt64(), 0, (long)Limits.Timeout.TotalMilliseconds);
        Assert.True(JsonElement.DeepEquals(first.Json.GetProperty("result"), again.Json.GetProperty("result")));
        Assert.Contains(record.Events, e => e.Type == "tool.started" && e.ExecutionId == again.ExecutionId);
        var metrics = await MetricsAsync(server);
        Assert.Matches("""toolruntime_tool_cache_total\{[^}]*result="hit"[^}]*\} 1""", metrics);
        Assert.Matches("""toolruntime_tool_cache_total\{[^}]*result="miss"[^}]*\} 1""", metrics);
        record.Verify();
    }

    [Fact]
    public async Task Shell_CapOfOne_RunsOneAfterTheOther()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Tools:shell:MaxConcurrent=1");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("cap");

        await EndsAsync(client, record, [.. Enumerable.Range(0, 4).Select(i => new ToolUse("shell", new JsonObject { ["command"] = $"echo {i}" }))]);

        var order = record.Events.Where(e => e.Type == "tool.started" || e.EndsTool).Select(e => (e.ExecutionId, e.EndsTool)).ToArray();
        Assert.Equal(8, order.Length);
        for (var i = 0; i < order.Length; i += 2) Assert.Equal((order[i].ExecutionId, true), order[i + 1]);
        record.Verify();
    }

    [Theory]
    [InlineData("--ToolRuntime:Tools:shell:MaxConcurrent=-1", "MaxConcurrent")]
    [InlineData("--ToolRuntime:Tools:Default:BreakerFailureRatio=1.5", "BreakerFailureRatio")]
    [InlineData("--ToolRuntime:Cache:MaxEntries=0", "MaxEntries")]
    [InlineData("--ToolRuntime:Web:MaxRedirects=-1", "MaxRedirects")]
    public async Task Start_WrongSetting_IsRefusedByName(string setting, string named)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(setting));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message.Split("listened:")[^1], StringComparison.Ordinal);
    }

    private static ToolUse Scrape(WebServer web, string path) => new("web_scrape", new JsonObject { ["url"] = web.Url(path) });

    /// <summary>Runs a batch; how its executions ended.</summary>
    private static async Task<RecordedEvent[]> EndsAsync(ProtocolClient client, SessionRecord record, params ToolUse[] calls)
    {
        var batch = (await client.SendAsync(Command.RunTools(record.Session, calls))).GetProperty("batchId").GetString();
        await record.FirstAsync(e => e.EndsBatch && e.BatchId == batch, "the batch ends");
        return [.. record.Events.Where(e => e.EndsTool && e.BatchId == batch)];
    }

    private static async Task<string> MetricsAsync(TestServer server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        return await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }
}
