using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>What a newcomer does first, seen through the protocol.</summary>
public sealed class MainJobTests : IAsyncLifetime
{
    private static readonly string[] Directives =
    [
        """/shell {"command": "for i in $(seq 1 20); do echo line $i; sleep 0.2; done"}""",
        """/shell {"command": "dotnet --info"}""",
        """/file_write {"path": "notes/hello.md", "content": "# hello"}""",
        """/computer {}""",
    ];

    private static readonly string[] PathWithTools = ["queued", "active", "paused_for_tools", "resuming", "active", "completed"];

    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task MessageSend_FourDirectives_RunInParallelAndEndInASummary()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("main");

        var ack = await client.SendAsync(Command.SendMessage("main", Directives));
        var states = await record.ReplyEndedAsync(ack.GetProperty("replyId").GetString()!);

        Assert.Equal(PathWithTools, states);
        var started = await record.FirstAsync(e => e.Type == "batch.started", "the batch starts");
        Assert.Equal(ack.GetProperty("replyId").GetString(), started.MessageId);
        var tools = started.Json.GetProperty("tools").EnumerateArray().Select(t => (Id: t.GetProperty("executionId").GetString()!, Name: t.GetProperty("name").GetString())).ToList();
        Assert.Equal(["shell", "shell", "file_write", "computer"], tools.Select(t => t.Name));
        Assert.All(tools, tool => Assert.Single(record.Events, e => e.Type == "tool.completed" && e.ExecutionId == tool.Id));
        Assert.Equal(string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n")), record.OutputOf(tools[0].Id));
        Assert.Contains(".NET SDK", record.OutputOf(tools[1].Id), StringComparison.Ordinal);
        Assert.Contains(record.Events, e => e.Type == "tool.progress" && e.ExecutionId == tools[2].Id);

        var end = await record.FirstAsync(e => e.EndsBatch, "the batch ends");
        Assert.Equal("batch.completed", end.Type);
        Assert.Equal((4, 1), (end.Number("successful"), end.Number("filesCreated")));
        var text = (await record.FirstAsync(e => e.Type == "message.completed", "the reply is whole")).Text("text")!;
        Assert.StartsWith("All 4 tools completed.", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split('\n').Count(line => line.StartsWith("- `", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MessageSend_FirstCallWaitsForTheSecond_BothEnd()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("parallel");

        await client.SendAsync(Command.SendMessage(
            "parallel",
            """/shell {"command": "until [ -e flag ]; do sleep 0.05; done; for i in $(seq 1 10); do echo line $i; sleep 0.1; done"}""",
            """/shell {"command": "touch flag"}"""));
        await record.IdleAsync(1);

        var plan = await record.FirstAsync(e => e.Type == "batch.started", "the batch starts");
        var ids = plan.Json.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("executionId").GetString()!);
        Assert.Equal(ids.Reverse(), record.Events.Where(e => e.Type == "tool.completed").Select(e => e.ExecutionId));
        Assert.Contains(record.Events, e => e.Type == "tool.started" && e.Number("parallel") == 2);
        Assert.Contains(record.Events, e => e.Type == "batch.progress" && e.Json.TryGetProperty("etaMs", out _));
        Assert.True(record.Events.Count(e => e.Type == "tool.output") >= 5, "the output comes line by line, not at the end");
    }

    [Fact]
    public async Task Open_SecondClient_GetsTheSameBytes()
    {
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        var (one, two) = (await first.OpenAsync("shared"), await second.OpenAsync("shared"));

        await first.SendAsync(Command.SendMessage("shared", Directives));
        await one.IdleAsync(1);
        await two.UntilAsync(() => two.Cursor >= one.Cursor, "the second client is where the first is");
        await using var late = await server.ConnectAsync();
        var three = await late.OpenAsync("shared");
        await three.UntilAsync(() => three.Cursor >= one.Cursor, "a late client is where the first is");

        one.SameAs(two);
        one.SameAs(three);
        Assert.True(one.Events.Count > 20);
    }

    [Fact]
    public async Task Open_WithCursor_GetsJustWhatWasMissed()
    {
        await using var steady = await server.ConnectAsync();
        var whole = await steady.OpenAsync("resumed");
        var record = new SessionRecord("resumed");
        await steady.SendAsync(Command.SendMessage("resumed", Directives));

        for (var connections = 0; !whole.Read(() => whole.Cursor > 0 && whole.Ledger.Idle) || record.Cursor < whole.Cursor; connections++)
        {
            Assert.True(connections < 1_000, "it gets on with every connection");
            await using var client = await server.ConnectAsync();
            var before = record.Cursor;
            await client.OpenAsync(record);
            await record.UntilAsync(() => record.Cursor > before || (whole.Ledger.Idle && record.Cursor >= whole.Cursor), "there is more");
        }

        record.SameAs(whole);
    }

    [Fact]
    public async Task MessageSend_SameIdAgain_SameAnswerAndOneEffect()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("again");
        var command = Command.SendMessage("again", "/computer {}");

        var first = await client.SendAsync(command);
        await record.IdleAsync(1);
        var second = await client.SendAsync(command);

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Single(record.Events, e => e.Type == "message.created");
    }
}
