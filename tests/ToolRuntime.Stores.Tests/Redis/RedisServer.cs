using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>A redis-server of the tests' own, on a free port, with an append-only file in a folder of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string[] arguments;
    private Process? process;

    public RedisServer(params string[] arguments) => this.arguments = arguments;

    public string Folder { get; } = Directory.CreateTempSubdirectory("redis-tests-").FullName;

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = new RedisServer(arguments);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it, on what its folder has, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--save", "", .. arguments];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        process?.Dispose();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        using var connection = await ConnectAsync();
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            try
            {
                await connection.GetDatabase().ExecuteAsync("PING");
                return;
            }
            catch (RedisException) when (!timeout.IsCancellationRequested)
            {
                await Task.Delay(20, timeout.Token); // it is loading
            }
        }
    }

    /// <summary>A connection for the test itself.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true,connectRetry=0");
            }
            catch (RedisConnectionException) when (!timeout.IsCancellationRequested)
            {
                await Task.Delay(20, timeout.Token); // it does not listen yet
            }
        }
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        if (process is not { HasExited: false } running) return;
        running.Kill();
        running.WaitForExit();
    }

    /// <summary>SIGSTOP, SIGCONT.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{process!.Id}"]);
        kill.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        process?.Dispose();
        process = null;
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    // The bus of a cluster is at a port 10,000 higher.
    private static int FreePort()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(12_000, 30_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
            finally
            {
                listener.Stop();
            }
        }
    }
}
