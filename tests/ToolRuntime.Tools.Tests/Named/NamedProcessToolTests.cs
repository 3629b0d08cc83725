using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Named;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Named;

/// <summary>Runs of named processes with real processes.</summary>
public sealed class NamedProcessToolTests : IDisposable
{
    private readonly ToolHost host = new();

    private FakeToolContext Context => host.Context;

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Run_ToItsEnd_TellsItsIdAndItsExitCode()
    {
        var result = await RunAsync("echo $$; exit 3");

        Assert.Equal(("exit_code", 3), (result.Error!.Code, result.Error.Details!.Value.ToElement().GetProperty("exitCode").GetInt32()));
        Assert.Equal(3, result.Result.ToElement().GetProperty("exitCode").GetInt32());
        Assert.Equal(NamedRunContract.Running, Assert.Single(Context.Progress).Stage);
        Assert.True(PidOf(NamedRunContract.Running) > 1);
        Assert.Null((await RunAsync("exit 0")).Error);
    }

    [Theory]
    [InlineData("SIGTERM", "TERM")]
    [InlineData("SIGINT", "INT")]
    [InlineData("SIGUSR1", "USR1")]
    public async Task Stop_SendsItsOwnSignal(string signal, string trapped)
    {
        var running = RunAsync($"trap 'echo caught; exit 0' {trapped}; echo ready; while :; do sleep 0.02; done", $$"""
            "stop":{"signal":"{{signal}}"}
            """);
        await Context.OutputHasAsync("ready");

        Assert.True(Context.Terminal!(new(Stop: true)));

        var result = await running.WaitAsync(Wait.Timeout);
        Assert.Null(result.Error);
        Assert.Contains("stopped", result.Summary, StringComparison.Ordinal);
        Assert.Contains("caught", Context.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OfWhatIgnoresItsSignal_IsKilledAfterTheGrace()
    {
        var running = RunAsync("trap '' TERM; echo ready; while :; do sleep 0.02; done", """ "stop":{"graceMs":50} """);
        await Context.OutputHasAsync("ready");

        Assert.True(Context.Terminal!(new(Stop: true)));
        Assert.True(Context.Terminal(new(Stop: true)));

        var result = await running.WaitAsync(Wait.Timeout);
        Assert.Equal((null, 137), (result.Error, result.Result.ToElement().GetProperty("exitCode").GetInt32()));
    }

    [Fact]
    public async Task Ready_ByAPatternInColoursAndWithoutALinesEnd_IsToldOnce()
    {
        var running = RunAsync(@"printf 'start\nup: \033[1mready\033[0m in 3 ms'; read -r line || sleep 1000", """ "ready":{"pattern":"up: ready in \\d+ ms"} """);
        await Wait.UntilAsync(() => Stages().Contains(NamedRunContract.Ready), "it is ready");
        Assert.True(PidOf(NamedRunContract.Ready) == PidOf(NamedRunContract.Running));
        Context.Terminal!(new(Stop: true));
        await running.WaitAsync(Wait.Timeout);

        Assert.Equal([NamedRunContract.Running, NamedRunContract.Ready], Stages());
    }

    [Fact]
    public async Task Ready_ByAPort_IsToldWhenItAnswers()
    {
        var running = RunAsync("sleep 1000", $$""" "ready":{"port":{{Port(out var reserved)}},"intervalMs":100} """);
        await Wait.UntilAsync(() => Stages().Contains(NamedRunContract.Running), "it runs");
        Assert.DoesNotContain(NamedRunContract.Ready, Stages());
        using var listener = reserved;
        listener.Listen();
        await Wait.UntilAsync(() => Stages().Contains(NamedRunContract.Ready), "it is ready");

        Context.Terminal!(new(Stop: true));
        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
    }

    [Fact]
    public async Task Ready_ByAPath_WaitsForAnAnswerThatIsGood()
    {
        using var server = new HttpListener();
        var port = Port(out var reserved);
        reserved.Dispose();
        server.Prefixes.Add($"http://localhost:{port}/");
        server.Start();
        var asked = 0;
        var answering = Task.Run(async () =>
        {
            while (asked < 2)
            {
                var request = await server.GetContextAsync();
                request.Response.StatusCode = ++asked == 1 ? 503 : 204;
                Assert.Equal("/health", request.Request.RawUrl);
                request.Response.Close();
            }
        });
        var running = RunAsync("sleep 1000", $$""" "ready":{"port":{{port}},"path":"/health","intervalMs":100} """);
        await Wait.UntilAsync(() => Stages().Contains(NamedRunContract.Ready), "it is ready");

        Assert.Equal(2, asked);
        await answering;
        Context.Terminal!(new(Stop: true));
        await running.WaitAsync(Wait.Timeout);
    }

    [Theory]
    [InlineData(""" "ready":{"pattern":"never","timeoutMs":100} """, "not_ready")]
    [InlineData(""" "idleMs":1000 """, "process_idle")]
    [InlineData(""" "totalMs":1000 """, "process_total")]
    public async Task Limit_ThatIsMet_EndsItAndSaysSo(string fields, string code)
    {
        var result = await RunAsync("sleep 1000", fields).WaitAsync(Wait.Timeout);

        Assert.Equal((code, false), (result.Error!.Code, result.Error.Retryable));
    }

    [Fact]
    public async Task Terminal_IsResizedAndStopped()
    {
        host.Context = new(host.Folder.Workspace) { HasInput = true };
        var running = RunAsync("trap 'stty size' WINCH; trap 'exit 0' HUP; stty size; while :; do sleep 0.02; done", """ "terminal":{"cols":100,"rows":30},"stop":{"signal":"SIGHUP"} """);
        await Context.OutputHasAsync("30 100", OutputStream.Terminal);
        Assert.True(Context.Terminal!(new(Size: new(132, 43))));
        await Context.OutputHasAsync("43 132", OutputStream.Terminal);

        Assert.True(Context.Terminal(new(Stop: true)));

        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
    }

    [Fact]
    public async Task Cancel_EndsItAsAnyTool()
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync("echo ready; sleep 1000", token: cancel.Token);
        await Context.OutputHasAsync("ready");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Wait.Timeout));
    }

    private static int Port(out Socket reserved)
    {
        reserved = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)reserved.LocalEndPoint!).Port;
    }

    private string[] Stages() => [.. Context.Progress.Select(step => step.Stage)];

    private int PidOf(string stage) => Context.Progress.First(step => step.Stage == stage).Details!.Value.ToElement().GetProperty("pid").GetInt32();

    private Task<ToolResult> RunAsync(string command, string fields = "", CancellationToken token = default) =>
        host.RunAsync(NamedRunContract.Tool, $$"""{"name":"web","command":{{JsonSerializer.Serialize(command)}}{{(fields.Length > 0 ? "," : "")}}{{fields}}}""", token);
}
