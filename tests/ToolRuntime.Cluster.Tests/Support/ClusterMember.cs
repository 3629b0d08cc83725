using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>A silo's or gateway's place in a cluster: its network to Redis, and the process that is there now.</summary>
internal sealed class ClusterMember(string name, string program, RedisProxy network, string[] settings) : IAsyncDisposable
{
    private readonly List<GatewayProcess> earlier = [];
    private Uri url = new("http://127.0.0.1:0");

    public string Name => name;

    public RedisProxy Network => network;

    public GatewayProcess Process { get; private set; } = null!;

    /// <summary>Where a gateway listens; the same after a restart.</summary>
    public Uri Url => url;

    /// <summary>Starts the next process here; the one before must have ended.</summary>
    public async Task StartAsync()
    {
        var gateway = program.EndsWith("Gateway", StringComparison.Ordinal);
        if (Process is { } before) earlier.Add(before);
        string[] own = gateway ? ["--urls", url.OriginalString] : [];
        Process = GatewayProcess.LaunchProgram(program, ["--redis", network.Address, .. own, .. settings]);
        var listening = await Process.Listening;
        if (gateway) url = listening;
    }

    /// <summary>What all its processes have printed.</summary>
    public string Output => string.Join("\n==== the next process\n", earlier.Append(Process).Select(process => process?.Output));

    public override string ToString() => name;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in earlier) await process.DisposeAsync();
        if (Process is { } running) await running.DisposeAsync();
        await network.DisposeAsync();
    }
}
