using System.Diagnostics;

namespace ToolRuntime.Load.Server;

/// <summary>Redis, silos and gateways on this machine, started, restarted and stopped by <c>deploy/local-cluster</c>.</summary>
internal sealed class LocalCluster : IServers
{
    private readonly string folder;

    private LocalCluster(string folder) => this.folder = folder;

    public IReadOnlyList<Uri> Sockets { get; private set; } = [];

    public TimeSpan CpuTime => Processes().Aggregate(TimeSpan.Zero, (sum, process) => sum + ProcessFacts.CpuTime(process.Id));

    public long ResidentBytes => Processes().Sum(process => ProcessFacts.ResidentBytes(process.Id));

    public string Log => string.Concat(Directory.EnumerateFiles(folder, "*.log").Order().Select(file => $"{Path.GetFileName(file)}:\n{Tail(File.ReadAllText(file))}\n"));

    /// <summary>Starts two silos and two gateways over a Redis of their own.</summary>
    /// <param name="folder">Logs and data.</param>
    /// <param name="fsync">Redis' <c>appendfsync</c>.</param>
    /// <param name="settings">Of silos and gateways, as on the command line.</param>
    public static async Task<LocalCluster> StartAsync(string folder, string fsync, IEnumerable<string> settings)
    {
        var cluster = new LocalCluster(folder);
        await cluster.RunAsync(["start", "--appendfsync", fsync, "--", .. settings]);
        cluster.Sockets = [.. cluster.Processes().Where(process => process.Name.StartsWith("gateway", StringComparison.Ordinal)).Select(process => RemoteServers.Socket(new(process.Address)))];
        return cluster;
    }

    /// <summary>Stops one process with SIGTERM, waits for its end and starts it again.</summary>
    public Task RestartAsync(string name) => RunAsync(["restart", name]);

    /// <summary>Names of the silos and gateways.</summary>
    public IEnumerable<string> Names() => Processes().Select(process => process.Name).Where(name => name != "redis");

    public async ValueTask DisposeAsync() => await RunAsync(["stop"]);

    private static string Tail(string text) => text.Length > 4_096 ? text[^4_096..] : text;

    private IEnumerable<(string Name, int Id, string Address)> Processes() =>
        File.ReadLines(Path.Combine(folder, "processes")).Select(line => line.Split(' ')).Select(parts => (parts[0], int.Parse(parts[1], null), parts[3]));

    private async Task RunAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "local-cluster"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TOOLRUNTIME_CLUSTER"] = folder;
        using var script = Process.Start(start)!;
        var said = await Task.WhenAll(script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        if (script.ExitCode != 0) throw new InvalidOperationException($"deploy/local-cluster {string.Join(' ', arguments)}: {string.Concat(said)}");
    }
}
