using System.Diagnostics;
using StackExchange.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>
/// Servers that all tests share, each under a prefix of its own: started when the first one asks, ended with the process.
/// </summary>
internal sealed record RedisServers(string Configuration, string[] Folders)
{
    private const int Masters = 3;

    private static readonly Lazy<Task<RedisServers>> Shared = new(StartSingleAsync), SharedCluster = new(StartClusterAsync);

    /// <summary>The one that <c>TOOLRUNTIME_TEST_REDIS</c> names, else one of our own.</summary>
    public static Task<RedisServers> Single => Shared.Value;

    /// <summary>Three masters without replicas.</summary>
    public static Task<RedisServers> Cluster => SharedCluster.Value;

    private static async Task<RedisServers> StartSingleAsync()
    {
        if (Environment.GetEnvironmentVariable("TOOLRUNTIME_TEST_REDIS") is { Length: > 0 } address)
        {
            using var connection = await ConnectionMultiplexer.ConnectAsync($"{address},allowAdmin=true");
            var folder = (RedisResult[])(await connection.GetDatabase().ExecuteAsync("CONFIG", "GET", "dir"))!;
            return new(address, [(string)folder[1]!]);
        }

        var server = await RedisServer.StartOwnAsync();
        ExitGuard.Watch(server.Id, server.Folder);
        return new(server.Address, [server.Folder]);
    }

    private static async Task<RedisServers> StartClusterAsync()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, Masters)
            .Select(_ => RedisServer.StartOwnAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "5000")));
        foreach (var server in servers) ExitGuard.Watch(server.Id, server.Folder);
        using (var create = Process.Start(new ProcessStartInfo("redis-cli",
            ["--cluster", "create", .. servers.Select(server => server.Address), "--cluster-yes"])
        { RedirectStandardOutput = true })!)
        {
            await create.StandardOutput.ReadToEndAsync();
            await create.WaitForExitAsync();
            Assert.Equal(0, create.ExitCode);
        }

        foreach (var server in servers)
        {
            using var connection = await server.ConnectAsync();
            var node = connection.GetServer(server.Address);
            await Waits.UntilAsync(() => $"{node.Execute("CLUSTER", "INFO")}".Contains("cluster_state:ok", StringComparison.Ordinal));
        }

        return new(string.Join(',', servers.Select(server => server.Address)), [.. servers.Select(server => server.Folder)]);
    }
}
