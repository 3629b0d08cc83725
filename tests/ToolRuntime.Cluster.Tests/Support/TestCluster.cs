using System.Diagnostics;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>A cluster of real processes over a Redis of its own.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-cluster-");
    private readonly List<GatewayProcess> all = [];
    private readonly string[] settings;

    private readonly string[] gatewaySettings;
    private int launched;

    private TestCluster(RedisServer redis, string[] settings, string[] gatewaySettings) =>
        (Redis, this.settings, this.gatewaySettings) = (redis, settings, gatewaySettings);

    public RedisServer Redis { get; }

    public List<GatewayProcess> Silos { get; } = [];

    public List<GatewayProcess> Gateways { get; } = [];

    /// <summary>Two silos and two gateways, with further settings as on the command line.</summary>
    public static Task<TestCluster> StartAsync(params string[] settings) => StartAsync(settings, []);

    /// <summary>The same with settings for gateways alone.</summary>
    public static async Task<TestCluster> StartAsync(string[] settings, string[] gatewaySettings)
    {
        var cluster = new TestCluster(await RedisServer.StartOwnAsync(), settings, gatewaySettings);
        try
        {
            await Task.WhenAll(cluster.StartSiloAsync(), cluster.StartSiloAsync());
            await Task.WhenAll(cluster.StartGatewayAsync(), cluster.StartGatewayAsync());
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more, with settings of its own.</summary>
    public async Task<GatewayProcess> StartSiloAsync(params string[] own)
    {
        var silo = Launch("ToolRuntime.Silo", own);
        await silo.Listening;
        lock (Silos) Silos.Add(silo);
        return silo;
    }

    public async Task<GatewayProcess> StartGatewayAsync(string url = "http://127.0.0.1:0")
    {
        var gateway = Launch("ToolRuntime.Gateway", ["--urls", url, .. gatewaySettings]);
        await gateway.Listening;
        lock (Gateways) Gateways.Add(gateway);
        return gateway;
    }

    /// <summary>What all processes have on the disk.</summary>
    public string Folder => folder.FullName;

    /// <summary>Connects to a gateway by its place among <see cref="Gateways"/>.</summary>
    public async Task<ProtocolClient> ConnectAsync(int gateway) => await ProtocolClient.ConnectAsync(await Gateways[gateway].Listening);

    /// <summary>A command of <c>redis-cli</c>.</summary>
    public async Task<string> RedisAsync(params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli", ["-p", Redis.Address.Split(':')[1], .. command]) { RedirectStandardOutput = true };
        using var cli = Process.Start(start)!;
        var said = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return said;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in all) await process.DisposeAsync();
        await Redis.DisposeAsync();
        await Limits.UntilAsync(TryDelete, () => $"{folder.FullName} is deleted");
    }

    private bool TryDelete()
    {
        try
        {
            if (folder.Exists) folder.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false; // a tool that ends is still writing
        }
    }

    private GatewayProcess Launch(string program, string[] arguments)
    {
        var process = GatewayProcess.LaunchProgram(
            program,
            [
                "--redis", Redis.Address, "--ToolRuntime:Data:Path", Path.Combine(folder.FullName, $"{program}-{Interlocked.Increment(ref launched)}"),
                "--ToolRuntime:Workspaces:Path", Path.Combine(folder.FullName, "workspaces"), "--ToolRuntime:Models:Default", "directive", .. arguments, .. settings,
            ]);
        lock (all) all.Add(process);
        return process;
    }
}
