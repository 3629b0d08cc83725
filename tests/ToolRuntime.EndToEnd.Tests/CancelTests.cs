using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Cancelling ends the real processes, and the record says so when they are gone.</summary>
public sealed class CancelTests : IAsyncLifetime
{
    private const string Endless = "echo up; while :; do sleep 0.1; done";
    private const string Deaf = "trap '' TERM HUP INT; echo up; while :; do sleep 0.1; done";
    private const string WithChildren = "sleep 1000 & (setsid sleep 1000 &) ; nohup sleep 1000 >/dev/null 2>&1 & echo up; wait";

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData(Endless)]
    [InlineData(Deaf)]
    [InlineData(WithChildren)]
    public async Task ToolCancel_OneOfTwo_EndsItAndItsProcessesOnly(string command)
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("one");
        var other = new MarkedProcesses();
        var executions = await StartAsync(client, record, ToolUse.Shell(processes, command), ToolUse.Shell(other, Endless));

        await client.SendAsync(Command.CancelTool("one", executions[0]));
        var end = await record.FirstAsync(e => e.ExecutionId == executions[0] && e.EndsTool, "the cancelled one ends");
        var left = processes.Find();

        Assert.Empty(left);
        Assert.Equal(("tool.cancelled", "cancelled"), (end.Type, end.ErrorCode));
        Assert.NotEmpty(other.Find());
        Assert.DoesNotContain(record.Events, e => e.ExecutionId == executions[1] && e.EndsTool);
        await client.SendAsync(Command.CancelTool("one", executions[1]));
        await record.IdleAsync(1);
        Assert.Empty(other.Find());
        record.Verify();
    }

    [Fact]
    public async Task BatchCancel_RunningAndPending_EndsAllInOneGo()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("all");
        var executions = await StartAsync(client, record, ToolUse.Shell(processes, Endless), ToolUse.Shell(processes, Deaf), ToolUse.Shell(processes, WithChildren));
        var batch = record.Events.Single(e => e.Type == "batch.started").BatchId!;

        await client.SendAsync(Command.CancelBatch("all", batch));
        var end = await record.FirstAsync(e => e.EndsBatch, "the batch ends");
        Assert.Empty(processes.Find());

        Assert.Equal(("batch.cancelled", 3L), (end.Type, end.Number("cancelled")));
        Assert.All(executions, id => Assert.Single(record.Events, e => e.Type == "tool.cancelled" && e.ExecutionId == id));
        record.Verify();
    }

    [Fact]
    public async Task BatchCancel_Paused_EndsWhatWasStoppedFirst()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("held");
        await StartAsync(client, record, ToolUse.Shell(processes, Deaf), ToolUse.Shell(processes, WithChildren));
        var batch = record.Events.Single(e => e.Type == "batch.started").BatchId!;

        await client.SendAsync(Command.PauseBatch("held", batch));
        await client.SendAsync(Command.CancelBatch("held", batch));
        var end = await record.FirstAsync(e => e.EndsBatch, "the batch ends");

        Assert.Empty(processes.Find());
        Assert.Equal("batch.cancelled", end.Type);
        record.Verify();
    }

    [Fact]
    public async Task MessageCancel_PausedForTools_EndsReplyBatchAndProcesses()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("reply");
        var ack = await client.SendAsync(Command.SendMessage("reply", ToolUse.Shell(processes, Endless).Directive, ToolUse.Shell(processes, WithChildren).Directive));
        var reply = ack.GetProperty("replyId").GetString()!;
        await UpAsync(record, 2);

        await client.SendAsync(Command.CancelMessage("reply", reply));
        var states = await record.ReplyEndedAsync(reply);
        Assert.Empty(processes.Find());

        Assert.Equal("cancelled", states[^1]);
        Assert.Equal(2, record.Events.Count(e => e.Type == "tool.cancelled"));
        Assert.Single(record.Events, e => e.Type == "batch.cancelled");
    }

    [Fact]
    public async Task ToolsRun_CommandEnds_WhatItLeftInTheBackgroundEndsToo()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("left");

        await client.SendAsync(Command.RunTools("left", ToolUse.Shell(processes, "sleep 1000 & (setsid sleep 1000 &); nohup setsid sleep 1000 >/dev/null 2>&1 & echo done")));
        await record.IdleAsync(1);
        await processes.NoneLeftAsync();

        Assert.Single(record.Events, e => e.Type == "tool.completed");
    }

    private static async Task<List<string>> StartAsync(ProtocolClient client, SessionRecord record, params ToolUse[] calls)
    {
        var ack = await client.SendAsync(Command.RunTools(record.Session, calls));
        await UpAsync(record, calls.Length);
        return [.. ack.GetProperty("executionIds").EnumerateArray().Select(id => id.GetString()!)];
    }

    private static Task UpAsync(SessionRecord record, int count) => record.UntilAsync(
        () => record.Ledger.Executions.Count(id => record.OutputOf(id).Contains("up\n", StringComparison.Ordinal)) >= count, $"{count} commands are up");
}
