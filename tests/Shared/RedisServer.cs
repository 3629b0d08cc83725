using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Tests.Shared;

/// <summary>A real Redis: the one of <c>TOOLRUNTIME_TEST_REDIS</c> (host:port), or else one of our own on a free port with a folder of its
/// own, which ends with the test.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Variable = "TOOLRUNTIME_TEST_REDIS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo? folder;
    private readonly string[] settings;
    private Process? process;

    private RedisServer(string address, DirectoryInfo? folder, string[] settings) => (Address, this.folder, this.settings) = (address, folder, settings);

    /// <summary>As <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>The one that the environment names, if it does; else one of our own.</summary>
    public static Task<RedisServer> StartAsync() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? Task.FromResult(new RedisServer(given, null, [])) : StartOwnAsync();

    /// <summary>One of our own, which may be stopped.</summary>
    public static async Task<RedisServer> StartOwnAsync(params string[] settings)
    {
        var server = new RedisServer($"127.0.0.1:{FreePort()}", Directory.CreateTempSubdirectory("toolruntime-redis-"), settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it where it was, on its append-only file.</summary>
    public async Task StartAgainAsync()
    {
        var port = Address[(Address.IndexOf(':', StringComparison.Ordinal) + 1)..];
        string[] arguments = ["--port", port, "--bind", "127.0.0.1", "--dir", folder!.FullName, "--save", "", "--appendonly", "yes", "--daemonize", "no", .. settings];
        process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var began = Stopwatch.GetTimestamp();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await AnswersAsync(int.Parse(port, CultureInfo.InvariantCulture)))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"redis-server does not answer at {Address}.");
            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await KillAsync();
        folder?.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await stream.ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
