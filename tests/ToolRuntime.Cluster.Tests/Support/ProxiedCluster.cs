using System.Diagnostics;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>A cluster of real processes, each with a network of its own to a Redis of the test's own, and each to be replaced by a next one.</summary>
internal sealed class ProxiedCluster : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-faults-");

    private ProxiedCluster(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public IReadOnlyList<ClusterMember> Silos { get; private set; } = [];

    public IReadOnlyList<ClusterMember> Gateways { get; private set; } = [];

    public IEnumerable<ClusterMember> Members => Silos.Concat(Gateways);

    /// <summary>The folder of a session's files.</summary>
    public string WorkspaceOf(string session) => Path.Combine(folder.FullName, "workspaces", "dev", session);

    public static async Task<ProxiedCluster> StartAsync(int silos, int gateways, string[] redisSettings, string[]? siloSettings = null, string[]? gatewaySettings = null)
    {
        var cluster = new ProxiedCluster(await RedisServer.StartOwnAsync(redisSettings));
        try
        {
            cluster.Silos = [.. Enumerable.Range(1, silos).Select(number => cluster.Member($"silo {number}", "ToolRuntime.Silo", siloSettings ?? []))];
            cluster.Gateways = [.. Enumerable.Range(1, gateways).Select(number => cluster.Member($"gateway {number}", "ToolRuntime.Gateway", gatewaySettings ?? []))];
            await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync()));
            await Task.WhenAll(cluster.Gateways.Select(gateway => gateway.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

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
        foreach (var member in Members) await member.DisposeAsync();
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

    private ClusterMember Member(string name, string program, string[] settings) => new(
        name, program, new(Redis.Address), ["--ToolRuntime:Data:Path", folder.FullName, "--ToolRuntime:Models:Default", "directive", .. settings]);
}
