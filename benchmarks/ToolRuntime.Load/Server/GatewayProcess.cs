using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ToolRuntime.Load.Server;

/// <summary>A running gateway with a silo inside. Disposing kills it, as its data is thrown away.</summary>
internal sealed class GatewayProcess : IServers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly StringBuilder log = new();

    private GatewayProcess(Process process, int port, string folder)
    {
        (this.process, Port, Folder) = (process, port, folder);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Folder { get; }

    public IReadOnlyList<Uri> Sockets => [RemoteServers.Socket(new($"http://127.0.0.1:{Port}"))];

    /// <summary>From the start of the process until the address asked for was served.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes => ProcessFacts.ResidentBytes(process.Id);

    public TimeSpan CpuTime => ProcessFacts.CpuTime(process.Id);

    /// <summary>What it said at first, up to 16 KB.</summary>
    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    /// <summary>Starts a gateway and waits until <paramref name="path"/> is served.</summary>
    public static async Task<GatewayProcess> StartAsync(GatewayProgram program, string folder, string path, params string[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program.File) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--urls", $"http://127.0.0.1:{port}", "--ToolRuntime:Data:Path", folder, .. settings]) start.ArgumentList.Add(argument);
        var from = Stopwatch.GetTimestamp();
        var gateway = new GatewayProcess(Process.Start(start)!, port, folder);
        try
        {
            await gateway.ServedAsync(path);
            gateway.StartTime = Stopwatch.GetElapsedTime(from);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServedAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Port}"), Timeout = Patience };
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(path);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (process.HasExited) throw new InvalidOperationException($"The gateway ended with {process.ExitCode}.\n{Log}");
            if (Stopwatch.GetElapsedTime(from) > Patience) throw new TimeoutException($"The gateway does not serve {path}.\n{Log}");
            await Task.Delay(5);
        }
    }

    private void Keep(string? line)
    {
        lock (log)
        {
            if (log.Length < 16_384) log.AppendLine(line);
        }
    }
}
