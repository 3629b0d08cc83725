using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>npm's server-everything over streamable HTTP, a process of its own that comes and goes.</summary>
public sealed class HttpServerTests : IAsyncLifetime
{
    private const string Again = """{"message":"again"}""";

    private readonly int port = FreePort();
    private McpHost host = null!;
    private Process? server;

    public async Task InitializeAsync() => host = await McpHost.StartAsync(
        ("Servers:http:Url", $"http://127.0.0.1:{port}/mcp"), ("Servers:http:Headers:Authorization", "Bearer top-secret-header"), ("Servers:http:Tools:trigger-long-running-operation:Idempotent", "true"),
        ("Servers:http:ConnectTimeout", "00:00:05"), ("MaxReconnectAfter", "00:00:00.2"));

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        KillServer();
    }

    [Fact]
    public async Task Start_ServerIsDown_ToolsComeWhenItIsUp()
    {
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("http is not there", StringComparison.Ordinal)), "tried");
        Assert.Empty(host.Source.Tools);
        Assert.Equal("The MCP server 'http' is not connected.", host.Source.WhyUnavailable("http__echo"));

        StartServer();
        await host.HasAsync("http__echo");

        Assert.Equal("Echo: up", (await host.RunAsync("http__echo", """{"message":"up"}""")).Summary);
        Assert.DoesNotContain(host.Log, line => line.Contains("top-secret-header", StringComparison.Ordinal));
        Assert.Contains("top-secret-header", host.Secrets);
    }

    [Fact]
    public async Task Call_LongOperation_ReportsProgressAndIsCancelledAtOnce()
    {
        StartServer();
        await host.HasAsync("http__trigger-long-running-operation");

        Assert.Null((await host.RunAsync("http__trigger-long-running-operation", """{"duration":0.4,"steps":4}""")).Error);
        Assert.Equal([25, 50, 75, 100], host.Context.Progress.Select(step => step.Percent));

        var before = host.Context.Progress.Count;
        using var cancel = new CancellationTokenSource();
        var running = host.RunAsync("http__trigger-long-running-operation", """{"duration":3600,"steps":36000}""", cancel.Token);
        await Wait.UntilAsync(() => host.Context.Progress.Count > before, "under way");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("Echo: on", (await host.RunAsync("http__echo", """{"message":"on"}""")).Summary);
    }

    [Fact]
    public async Task Kill_InTheMiddleOfACall_FailsItAndTheToolsComeBackWithTheServer()
    {
        StartServer();
        await host.HasAsync("http__trigger-long-running-operation");
        var running = host.RunAsync("http__trigger-long-running-operation", """{"duration":3600,"steps":36000}""");
        await Wait.UntilAsync(() => host.Context.Progress.Count > 0, "under way");

        KillServer();

        var error = (await running).Error!;
        Assert.Equal((ToolErrorCodes.TransportFailed, true), (error.Code, error.Retryable));
        await Wait.UntilAsync(() => host.Source.WhyUnavailable("http__echo") is not null, "noticed");
        Assert.Equal(ToolErrorCodes.Unavailable, (await host.RunAsync("http__echo", """{"message":"x"}""")).Error!.Code);
        StartServer();
        await host.HasAsync("http__echo");
        Assert.Equal("Echo: back", (await host.RunAsync("http__echo", """{"message":"back"}""")).Summary);
    }

    [Fact]
    public async Task Restart_BetweenCalls_TheOldSessionIsGivenUp()
    {
        StartServer();
        await host.HasAsync("http__echo");
        KillServer();
        StartServer();

        // Either this call meets a server that does not know its session, or the loss was noticed before it.
        await host.RunAsync("http__echo", Again);
        await Wait.UntilAsync(() => Connected() == 2, "connected anew");

        Assert.Equal("Echo: again", (await host.RunAsync("http__echo", Again)).Summary);
        int Connected() => host.Log.Count(line => line.Contains("http is connected", StringComparison.Ordinal));
    }

    private void StartServer()
    {
        var start = new ProcessStartInfo("node", [NpmServer.Everything, "streamableHttp"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        server = Process.Start(start)!;
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
    }

    private void KillServer()
    {
        if (server is null) return;
        server.Kill();
        server.WaitForExit();
        server.Dispose();
        server = null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
