using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Time-outs of real processes, by the clock of the real server.</summary>
public sealed class TimeoutTests
{
    private readonly MarkedProcesses processes = new();

    [Fact]
    public async Task ToolsRun_AttemptLongerThanItsTimeout_TimesOutAndLeavesNoProcess()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("late");
        var command = Command.RunTools("late", ToolUse.Shell(processes, "trap '' TERM; echo up; while :; do sleep 0.1; done"));
        command["calls"]![0]!["timeoutMs"] = 500;

        await client.SendAsync(command);
        var end = await record.FirstAsync(e => e.EndsTool, "the attempt ends");
        var left = processes.Find();

        Assert.Empty(left);
        Assert.Equal(("tool.timeout", "attempt_timeout"), (end.Type, end.ErrorCode));
        record.Verify();
    }

    [Fact]
    public async Task ToolsRun_BatchLongerThanItsWait_TimesOutAndLeavesNoProcess()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("late");
        var command = Command.RunTools("late", ToolUse.Shell(processes, "trap '' TERM; echo up; while :; do sleep 0.1; done"));
        command["maxWaitMs"] = 1_000;

        await client.SendAsync(command);
        var end = await record.FirstAsync(e => e.EndsTool, "the attempt ends");
        var left = processes.Find();

        Assert.Empty(left);
        Assert.Equal(("tool.timeout", "batch_deadline"), (end.Type, end.ErrorCode));
        await record.FirstAsync(e => e.Type == "batch.timeout", "the batch ends");
        record.Verify();
    }
}
