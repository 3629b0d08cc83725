using System.Text.Json;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Much output, and clients that do not read it.</summary>
public sealed class OutputTests : IAsyncLifetime
{
    private const long Megabyte = 1_000_000;
    private const long FirstKept = 1 << 20;
    private const long LastKept = 3 << 20;
    private const long Slack = 64 * 1024;

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Output_LongerThanWhatIsKept_KeepsItsBeginningAndItsEndAlsoAfterAKill()
    {
        const long Length = 30 * Megabyte;
        var live = new SessionRecord("fast");
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(live);
            await client.SendAsync(Command.RunTools("fast", ToolUse.Shell(processes, $"echo BEGIN; head -c {Length} /dev/zero | tr '\\0' x; echo 'error: THE END'")));
            await live.IdleAsync(1);
            Assert.True(server.Process.ResidentBytes() < 600 * Megabyte, $"The server holds {server.Process.ResidentBytes() / Megabyte} MB.");
            await server.Process.KillAsync();
        }

        var end = Assert.Single(live.Events, e => e.EndsTool);
        Assert.Equal("tool.completed", end.Type);
        Assert.Equal(Length + 21, end.Json.GetProperty("metrics").GetProperty("outputBytes").GetInt64());
        Assert.Equal(Length + 21 - FirstKept - LastKept, end.Json.GetProperty("metrics").GetProperty("droppedBytes").GetInt64());

        await server.RestartAsync();
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(live);
        var output = await KeptAsync(again, end.ExecutionId!);
        var gap = Assert.Single(output.GetProperty("gaps").EnumerateArray().ToArray());
        var (text, at, missing) = (output.GetProperty("text").GetString()!, gap.GetProperty("at").GetInt64(), gap.GetProperty("bytes").GetInt64());
        Assert.Equal(Length + 21, text.Length + missing);
        Assert.InRange(at, FirstKept, FirstKept + Slack);
        Assert.InRange(text.Length - at, LastKept, LastKept + Slack);
        Assert.StartsWith("BEGIN\n", text, StringComparison.Ordinal);
        Assert.EndsWith("xerror: THE END\n", text, StringComparison.Ordinal);
        live.Verify();
    }

    /// <summary>The whole kept output, once what lies between is emptied: after a crash that is done anew.</summary>
    private static async Task<JsonElement> KeptAsync(ProtocolClient client, string executionId)
    {
        using var timeout = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            var details = Command.Of("tool.details", "fast");
            details["executionId"] = executionId;
            var output = (await client.SendAsync(details)).GetProperty("output").GetProperty("stdout");
            if (output.GetProperty("text").GetString()!.Length <= FirstKept + LastKept + (2 * Slack)) return output;
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Output_ClientThatDoesNotRead_SlowsNobodyAndMissesNothing()
    {
        await using var stalled = await server.ConnectAsync();
        var behind = await stalled.OpenAsync("stalled");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("stalled");
        stalled.Stall();

        await client.SendAsync(Command.RunTools("stalled", Enumerable.Range(0, 8).Select(_ => ToolUse.Shell(processes, $"head -c {4 * Megabyte} /dev/zero | tr '\\0' x"))));
        await record.IdleAsync(1);
        Assert.True(behind.Cursor < record.Cursor, "The stalled client must not have got it all, or this test shows nothing.");

        stalled.Resume();
        await behind.UntilAsync(() => behind.Cursor >= record.Cursor, "the client that stalled has caught up");
        record.SameAs(behind);
        Assert.Equal(8, record.Events.Count(e => e.Type == "tool.completed"));
    }

    [Fact]
    public async Task Output_NotText_ComesBackByteForByte()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("bytes");

        await client.SendAsync(Command.RunTools("bytes", ToolUse.Shell(processes, "printf 'a\\303\\244\\377\\000b'; printf 'wrong\\n' >&2; exit 7")));
        await record.IdleAsync(1);

        var bytes = record.Events.Where(e => e.Type == "tool.output" && e.Text("stream") == "stdout")
            .SelectMany(e => e.Text("text") is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : e.Json.GetProperty("base64").GetBytesFromBase64());
        Assert.Equal([(byte)'a', 0xC3, 0xA4, 0xFF, 0, (byte)'b'], bytes);
        var end = Assert.Single(record.Events, e => e.EndsTool);
        Assert.Equal(("tool.failed", "exit_code"), (end.Type, end.ErrorCode));
        Assert.Equal("wrong\n", record.OutputOf(end.ExecutionId!, "stderr"));
    }
}
