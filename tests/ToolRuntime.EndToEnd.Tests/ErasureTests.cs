using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>What a person deletes is nowhere in the data folder any more.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Secret = "Zq7VkPx2Wm9Rt4Ld8Ns6";

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task MessageDelete_TextAndFormerText_AreInNoFileAfterwards()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("one");
        var (message, reply) = await SayAsync(client, record, $"{Secret} is a secret.");
        var edit = Command.OnMessage("message.edit", "one", message);
        edit["text"] = $"{Secret} again";
        await client.SendAsync(edit);
        // A restart writes the snapshot as well.
        await RestartAsync(client);
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(record);
        Assert.NotEmpty(server.FilesWith(Secret));

        await again.SendAsync(Command.OnMessage("message.delete", "one", message));
        await again.SendAsync(Command.OnMessage("message.delete", "one", reply));
        await record.FirstAsync(e => e.Type == "message.deleted", "it is deleted");

        await Limits.UntilAsync(() => server.FilesWith(Secret).Count == 0, () => "the text is in no file");
        await RestartAsync(again);
        Assert.Empty(server.FilesWith(Secret));
    }

    [Fact]
    public async Task SessionReset_WorkOpen_EndsItAndLeavesNoText()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("two");
        await SayAsync(client, record, $"{Secret} is a secret.");
        await client.SendAsync(Command.RunTools("two", ToolUse.Shell(processes, $"echo {Secret}; sleep 1000")));
        await record.UntilAsync(() => processes.Find().Count != 0, "the command runs");

        await client.SendAsync(Command.Of("session.reset", "two"));
        await record.FirstAsync(e => e.Type == "session.reset", "it is reset");

        Assert.Single(record.Events, e => e.Type == "tool.cancelled");
        await processes.NoneLeftAsync();
        await Limits.UntilAsync(() => server.FilesWith(Secret).Count == 0, () => "the text is in no file");
    }

    [Fact]
    public async Task SessionDelete_ProcessesRunning_LeavesNothing()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("three");
        await SayAsync(client, record, $"{Secret} is a secret.");
        await client.SendAsync(Command.RunTools("three", ToolUse.Shell(processes, $"echo {Secret} > kept; echo up; sleep 1000")));
        await record.UntilAsync(() => record.Ledger.Executions.Any(id => record.OutputOf(id) == "up\n"), "the command runs");
        var workspace = Path.Combine(server.DataPath, "workspaces");
        Assert.NotEmpty(Directory.EnumerateFiles(workspace, "kept", SearchOption.AllDirectories));

        var delete = Command.Of("session.delete", "three");
        Assert.Equal("{}", (await client.SendAsync(delete)).GetRawText());

        Assert.Empty(processes.Find());
        Assert.Empty(Directory.EnumerateFiles(workspace, "kept", SearchOption.AllDirectories));
        await Limits.UntilAsync(() => server.FilesWith(Secret).Count == 0, () => "the text is in no file");
        Assert.Equal("{}", (await client.SendAsync(delete)).GetRawText());
    }

    private async Task RestartAsync(ProtocolClient client)
    {
        await client.DisposeAsync();
        await server.Process.StopAsync();
        await server.RestartAsync();
    }

    private static async Task<(string Message, string Reply)> SayAsync(ProtocolClient client, SessionRecord record, string text)
    {
        var ack = await client.SendAsync(Command.SendMessage(record.Session, text));
        var reply = ack.GetProperty("replyId").GetString()!;
        await record.FirstAsync(e => e.Type == "message.completed", "it is answered");
        return (ack.GetProperty("messageId").GetString()!, reply);
    }
}
