using System.Text.Json.Nodes;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>What a person takes away or holds about when the server dies: a session deleted, one reset, a message deleted, a reply paused. Sessions of their own each round.</summary>
internal sealed class CrashErasures(TestServer server, MarkedProcesses processes, Random random, int round)
{
    private static readonly string[] Kinds = ["session.delete", "session.reset", "message.delete", "message.pause"];

    private readonly Dictionary<string, JsonObject> commands = [];
    private readonly string secret = Guid.NewGuid().ToString("N");
    private string held = "";

    /// <summary>Fills the sessions: each with a text or work, most with both.</summary>
    public async Task BeginAsync(ProtocolClient client)
    {
        foreach (var kind in Kinds)
        {
            var record = await client.OpenAsync(Session(kind));
            var loop = ToolUse.Shell(processes, $"trap '' TERM; {(kind == "session.delete" ? $"echo {secret} >kept; " : "")}echo up; sleep 1000");
            var sent = await client.SendAsync(Command.SendMessage(record.Session, kind == "message.pause" ? loop.Directive : secret));
            var (message, reply) = (sent.GetProperty("messageId").GetString()!, sent.GetProperty("replyId").GetString()!);
            commands[kind] = kind switch
            {
                "message.delete" => Command.OnMessage(kind, record.Session, message),
                "message.pause" => Command.OnMessage(kind, record.Session, held = reply),
                _ => Command.Of(kind, record.Session),
            };
            if (kind == "message.delete")
            {
                await record.ReplyEndedAsync(reply);
                await client.SendAsync(Command.OnMessage(kind, record.Session, reply));
                continue;
            }

            if (kind != "message.pause") await client.SendAsync(Command.RunTools(record.Session, loop));
            await record.FirstAsync(e => e.Type == "tool.output", "the command runs");
        }
    }

    /// <summary>Sends the commands; whether they come through before the server dies is left to chance, but for the pause.</summary>
    public async Task PostAsync(ProtocolClient client)
    {
        await client.SendAsync(commands["message.pause"]);
        foreach (var kind in Kinds[..3].OrderBy(_ => random.Next())) await client.PostAsync(commands[kind]);
    }

    /// <summary>After the restart: with the same commands again nothing is left, and what is paused is still paused.</summary>
    public async Task VerifyAsync(ProtocolClient client)
    {
        foreach (var kind in Kinds) await client.SendAsync(commands[kind]);
        IReadOnlyList<string> holding = [];
        await Limits.UntilAsync(() => (holding = server.FilesWith(secret)).Count == 0, () => $"round {round}: the text is in no file, but {string.Join(", ", holding)} hold it");
        Assert.False(Directory.Exists(Path.Combine(server.DataPath, "workspaces", "dev", Session("session.delete"))));

        var paused = await client.OpenAsync(Session("message.pause"));
        await paused.FirstAsync(e => e.Type == "tool.failed" && e.ErrorCode == "runner_lost", "the command went with the server");
        Assert.Equal("paused_for_tools", paused.Read(() => paused.Ledger.StatesOf(held))[^1]);
        Assert.DoesNotContain(paused.Events, e => e.Type == "batch.resumed");
        await client.SendAsync(Command.OnMessage("message.resume", paused.Session, held));
        Assert.Equal("completed", (await paused.ReplyEndedAsync(held))[^1]);
        paused.Verify();
    }

    private string Session(string kind) => $"{kind}-{round}";
}
