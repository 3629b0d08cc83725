using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Much output, and clients that do not read it.</summary>
public sealed class OutputTests : IAsyncLifetime
{
    private const long Megabyte = 1_000_000;
    private const long MostKept = 4 * 1024 * 1024;

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Output_FasterThanItCanBeKept_IsCappedCountedAndHeldBack()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("fast");

        await client.SendAsync(Command.RunTools("fast", ToolUse.Shell(processes, $"head -c {30 * Megabyte} /dev/zero | tr '\\0' x")));
        await record.IdleAsync(1);

        var end = Assert.Single(record.Events, e => e.EndsTool);
        Assert.Equal("tool.completed", end.Type);
        var kept = record.Events.Where(e => e.Type == "tool.output").Sum(e => e.Text("text")?.Length ?? 0);
        var metrics = end.Json.GetProperty("metrics");
        Assert.InRange(kept, MostKept / 2, MostKept);
        Assert.Equal(30 * Megabyte, metrics.GetProperty("outputBytes").GetInt64());
        Assert.Equal(30 * Megabyte - kept, metrics.GetProperty("droppedBytes").GetInt64());
        Assert.Contains(record.Events, e => e.Type == "tool.output" && e.Json.TryGetProperty("dropped", out _));
        Assert.True(server.Process.ResidentBytes() < 600 * Megabyte, $"The server holds {server.Process.ResidentBytes() / Megabyte} MB.");
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
