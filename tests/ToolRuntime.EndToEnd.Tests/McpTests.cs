using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Tools of MCP servers, from the configuration to the client.</summary>
public sealed class McpTests : IAsyncLifetime
{
    private const string Secret = "not-for-anybody-else";

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync([
            .. McpServers.Everything(processes), "--ToolRuntime:Mcp:Servers:every:Environment:SOME_API_KEY", Secret,
            "--ToolRuntime:Mcp:Servers:every:Tools:trigger-long-running-operation:Idempotent", "true"]);
        await OfferedAsync("every__echo");
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Run_LongOperation_ItsProgressIsSeenLive()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("progress");

        await client.SendAsync(Command.RunTools("progress", Long(1.2, 4)));
        await record.IdleAsync(1);

        var steps = record.Events.Where(e => e.Type == "tool.progress").ToList();
        Assert.Equal([25, 50, 75, 100], steps.Select(e => e.Json.GetProperty("percent").GetDouble()));
        Assert.Equal(4, steps[^1].Json.GetProperty("details").GetProperty("total").GetDouble());
        var end = record.Events.Single(e => e.EndsTool);
        Assert.Equal("tool.completed", end.Type);
        Assert.StartsWith("Long running operation completed.", end.Json.GetProperty("result").GetProperty("text").GetString(), StringComparison.Ordinal);
        record.Verify();
    }

    [Fact]
    public async Task SendMessage_ModelCallsThem_TheReplyGoesOn()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("model");

        var ack = await client.SendAsync(Command.SendMessage("model", "/every__get-sum {\"a\":20,\"b\":22}", "/every__get-env {}", "/computer {}"));
        var states = await record.ReplyEndedAsync(ack.GetProperty("replyId").GetString()!);

        Assert.Equal("completed", states[^1]);
        Assert.Contains(record.Events, e => e.Type == "tool.completed" && e.Text("summary") == "The sum of 20 and 22 is 42.");
        Assert.Contains(record.Events, e => e.Raw.Contains("SOME_API_KEY", StringComparison.Ordinal));
        Assert.DoesNotContain(record.Events, e => e.Raw.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, server.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_UnderWay_EndsAtOnceAndTheServerStays()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("cancel");
        var before = processes.Find();
        var ack = await client.SendAsync(Command.RunTools("cancel", Long(3_600, 36_000)));
        await record.FirstAsync(e => e.Type == "tool.progress", "under way");

        await client.SendAsync(Command.CancelTool("cancel", ack.GetProperty("executionIds")[0].GetString()!));
        await record.IdleAsync(1);

        Assert.Single(record.Events, e => e.Type == "tool.cancelled");
        await client.SendAsync(Command.RunTools("cancel", new ToolUse("every__echo", new() { ["message"] = "on" })));
        await record.FirstAsync(e => e.Type == "tool.completed", "the next call");
        Assert.Equal(before, processes.Find());
    }

    [Fact]
    public async Task ServerKilled_InTheMiddleOfCalls_TheIdempotentOneIsRunAgain()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("killed");
        await client.SendAsync(Command.RunTools("killed", Long(2, 40)));
        await record.FirstAsync(e => e.Type == "tool.progress", "under way");

        using (var node = System.Diagnostics.Process.GetProcessById(processes.Find().Single(p => p.CommandLine.Contains("server-everything", StringComparison.Ordinal)).Id)) node.Kill();

        var retry = await record.FirstAsync(e => e.Type == "tool.retry", "the attempt failed");
        Assert.Equal("transport_failed", retry.ErrorCode);
        await record.IdleAsync(1);
        Assert.Equal(("tool.completed", 2), record.Events.Where(e => e.EndsTool).Select(e => (e.Type, e.Attempt)).Single());
        record.Verify();
    }

    [Fact]
    public async Task Timeout_OfTheToolsSettings_EndsTheCall()
    {
        await using var other = await TestServer.StartAsync([.. McpServers.Everything(processes), "--ToolRuntime:Mcp:Servers:every:Timeout", "00:00:00.5"]);
        await OfferedAsync("every__echo", other);
        await using var client = await other.ConnectAsync();
        var record = await client.OpenAsync("timeout");

        await client.SendAsync(Command.RunTools("timeout", Long(3_600, 36_000), new ToolUse("every__echo", new() { ["message"] = "in time" })));
        await record.IdleAsync(1);

        Assert.Equal("attempt_timeout", record.Events.Single(e => e.Type == "tool.timeout").ErrorCode);
        Assert.Equal("Echo: in time", record.Events.Single(e => e.Type == "tool.completed").Text("summary"));
    }

    [Fact]
    public async Task Stop_ServersUnderWay_LeavesNoProcess()
    {
        Assert.NotEmpty(processes.Find());

        Assert.Equal(0, await server.Process.StopAsync());

        await processes.NoneLeftAsync();
    }

    [Fact]
    public async Task Kill_CallUnderWay_LeavesNoProcessAndGoesOnAfterTheRestart()
    {
        var record = new SessionRecord("crash");
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            await client.SendAsync(Command.RunTools("crash", Long(2, 40), new ToolUse("every__get-sum", new() { ["a"] = 1, ["b"] = 2 })));
            await record.FirstAsync(e => e.Type == "tool.progress", "under way");
            await record.FirstAsync(e => e.Type == "tool.completed", "the other has ended");
            var before = processes.Find();
            await server.Process.KillAsync();
            await processes.GoneAsync(before);
        }

        await server.RestartAsync();
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(record);
        await record.IdleAsync(1);

        Assert.Equal(2, record.Events.Count(e => e.Type == "tool.completed"));
        Assert.True(record.Events.Last(e => e.EndsTool).Attempt > 1);
        record.Verify();
    }

    [Fact]
    public async Task Start_ServerIsDown_StartsAtOnceAndItsToolsComeLater()
    {
        var port = McpServers.FreePort();
        await using var other = await TestServer.StartAsync(
            "--ToolRuntime:Mcp:Servers:later:Url", $"http://127.0.0.1:{port}/mcp", "--ToolRuntime:Mcp:Servers:later:Headers:Authorization", $"Bearer {Secret}", "--ToolRuntime:Mcp:MaxReconnectAfter", "00:00:00.5");
        await using var client = await other.ConnectAsync();
        var record = await client.OpenAsync("later");
        var call = Command.RunTools("later", new ToolUse("later__echo", new() { ["message"] = "up" }));

        var refused = await Assert.ThrowsAsync<CommandRefusedException>(() => client.SendAsync(call));
        var ack = await client.SendAsync(Command.SendMessage("later", "/later__echo {\"message\":\"x\"}"));
        await record.ReplyEndedAsync(ack.GetProperty("replyId").GetString()!);

        Assert.Equal("unavailable", refused.Code);
        Assert.Contains("'later' is not connected", refused.Message, StringComparison.Ordinal);
        Assert.Equal("unavailable", record.Events.Single(e => e.Type == "tool.failed").ErrorCode);
        using var mcp = McpServers.StartHttp(port);
        try
        {
            await OfferedAsync("later__echo", other);
            await client.SendAsync(call);
            var end = await record.FirstAsync(e => e.Type == "tool.completed", "the call");
            Assert.Equal("Echo: up", end.Text("summary"));
            Assert.DoesNotContain(Secret, other.Process.Output, StringComparison.Ordinal);
        }
        finally
        {
            mcp.Kill();
        }
    }

    private static ToolUse Long(double seconds, int steps) => new("every__trigger-long-running-operation", new JsonObject { ["duration"] = seconds, ["steps"] = steps });

    private async Task OfferedAsync(string tool, TestServer? of = null)
    {
        using var http = new HttpClient { BaseAddress = (of ?? server).Address };
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            var tools = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/tools", UriKind.Relative), limit.Token)).RootElement.GetProperty("tools");
            if (tools.EnumerateArray().Any(offered => offered.GetProperty("name").ValueEquals(tool))) return;
        }
    }
}
