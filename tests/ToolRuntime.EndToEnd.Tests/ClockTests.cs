using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>A real server whose system's clock is set while tools run.</summary>
public sealed class ClockTests : IAsyncLifetime, IDisposable
{
    private const string Session = "clock";

    private readonly SetClock clock = new();
    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;
    private ProtocolClient client = null!;
    private SessionRecord record = null!;

    public async Task InitializeAsync()
    {
        server = new TestServer { Clock = clock };
        await server.RestartAsync();
        client = await server.ConnectAsync();
        record = await client.OpenAsync(Session);
    }

    public async Task DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    public void Dispose() => clock.Dispose();

    [Fact]
    public async Task Run_ClockIsSetBack_TimesOutAllTheSame()
    {
        var command = Command.RunTools(Session, ToolUse.Shell(processes, "echo up; sleep 1000"));
        command["calls"]![0]!["timeoutMs"] = 2_000;
        await client.SendAsync(command);
        await record.FirstAsync(e => e.Type == "tool.output", "the command runs");

        clock.Step(TimeSpan.FromHours(-1));
        var end = await record.FirstAsync(e => e.EndsTool, "the attempt ends");

        Assert.Equal("tool.timeout", end.Type);
        Assert.InRange(end.Number("elapsedMs"), 2_000, 60_000);
    }

    [Fact]
    public async Task Run_ClockIsSetForward_NothingTimesOutAndTheJumpIsSaid()
    {
        await client.SendAsync(
            Command.RunTools(Session, ToolUse.Shell(processes, "echo up; while [ ! -e go ]; do sleep 0.1; done; echo done")));
        var up = await record.FirstAsync(e => e.Type == "tool.output", "the command runs");

        clock.Step(TimeSpan.FromHours(1));
        await Limits.UntilAsync(() => server.Process.Output.Contains("The system's clock was set by +3600", StringComparison.Ordinal), () => $"the jump is said: {server.Process.Output}");
        var folder = Assert.Single(
            Directory.EnumerateDirectories(Path.Combine(server.DataPath, "workspaces"), Session, SearchOption.AllDirectories));
        await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        var end = await record.FirstAsync(e => e.EndsTool, "the command ends");

        Assert.Equal("tool.completed", end.Type);
        Assert.InRange(end.Number("elapsedMs"), 0, 60_000);
        Assert.InRange(end.At - up.At, TimeSpan.Zero, TimeSpan.FromMinutes(1));

        // With no work open its times follow the system's clock.
        await Limits.UntilAsync(() => server.Process.Output.Contains("times follow the system's clock again", StringComparison.Ordinal), () => $"it follows: {server.Process.Output}");
        await client.SendAsync(Command.RunTools(Session, ToolUse.Shell(processes, "true")));
        var later = await record.FirstAsync(e => e.EndsTool, "the next command ends", end.Seq);
        Assert.InRange(later.At - end.At, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(62));
    }
}
