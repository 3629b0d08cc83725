using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Tests.Shared;

/// <summary>A real Redis: the one of <c>TOOLRUNTIME_TEST_REDIS</c> (host:port), or else one of our own on a free port, with an append-only
/// file in a folder of its own, which ends with the test.</summary>
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

    public int Port => int.Parse(Address.AsSpan(Address.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    /// <summary>Where it keeps its files, if it is our own.</summary>
    public string Folder => folder!.FullName;

    /// <summary>The one that the environment names, if it does; else one of our own.</summary>
    public static Task<RedisServer> StartAsync() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? Task.FromResult(new RedisServer(given, null, [])) : StartOwnAsync();

    /// <summary>One of our own, which may be stopped.</summary>
    public static async Task<RedisServer> StartOwnAsync(params string[] settings)
    {
        for (var others = 0; ; others++)
        {
            var server = new RedisServer($"127.0.0.1:{FreePort()}", Directory.CreateTempSubdirectory("toolruntime-redis-"), settings);
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException) when (others < 4)
            {
                await server.DisposeAsync(); // somebody has taken the port meanwhile
            }
        }
    }

    /// <summary>Starts it where it was, on what its folder has, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        string[] arguments = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--appendonly", "yes", "--daemonize", "no", .. settings];
        process?.Dispose();
        process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var began = Stopwatch.GetTimestamp();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await AnswersAsync(Port))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"redis-server does not answer at {Address}.");
            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>Of its process, while it runs.</summary>
    public int Id => process!.Id;

    /// <summary>Copies its append-only file as it is now, also while it runs; gives what puts that back, while it does not.</summary>
    public Action Copy()
    {
        var copies = Directory.EnumerateFiles(folder!.FullName, "*", SearchOption.AllDirectories).ToDictionary(path => path, ReadShared);
        return () =>
        {
            foreach (var path in Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories).ToList()) File.Delete(path);
            foreach (var (path, bytes) in copies) File.WriteAllBytes(path, bytes);
        };
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (process is not { HasExited: false } running) return;
        running.Kill();
        await running.WaitForExitAsync();
    }

    /// <summary>SIGSTOP, SIGCONT: <c>STOP</c>, <c>CONT</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{process!.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process?.Dispose();
        process = null;
        if (folder is not null && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The bus of a cluster is at a port 10,000 higher: both free, and below those that connections get.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 22_000);
            if (IsFree(port) && IsFree(port + 10_000)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
