using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Scenarios;

/// <summary>What a scenario works with: its server, connections to it, and where its figures go.</summary>
internal sealed class ScenarioRun(string scenario, LoadOptions options, DataFolder data, GatewayProgram program, Report report) : IAsyncDisposable
{
    private readonly List<LoadConnection> connections = [];
    private IServers? servers;

    public LoadOptions Options => options;

    public GatewayProgram Program => program;

    public IServers Server => servers ?? throw new InvalidOperationException("No server was started.");

    public string ServerLog => servers?.Log ?? "";

    /// <summary>Starts what the scenario drives, with settings as on the command line. Servers that run already have their own.</summary>
    public async Task StartServerAsync(params string[] settings) => servers = options.Place switch
    {
        Place.Address => new RemoteServers(options.Addresses),
        Place.Cluster => await LocalCluster.StartAsync(data.Next(), options.Fsync, settings),
        _ => await GatewayProcess.StartAsync(program, data.Next(), "/readyz", settings),
    };

    /// <summary>Starts another server, which the caller disposes.</summary>
    public Task<GatewayProcess> StartAnotherAsync(string path) => GatewayProcess.StartAsync(program, data.Next(), path);

    /// <summary>Connects to the gateways in turn.</summary>
    public Task<LoadConnection> ConnectAsync() => ConnectAsync(connections.Count);

    /// <summary>Connects to one gateway; its number counts round.</summary>
    public async Task<LoadConnection> ConnectAsync(int gateway)
    {
        var connection = await LoadConnection.OpenAsync(Server.Sockets[gateway % Server.Sockets.Count]);
        connections.Add(connection);
        return connection;
    }

    /// <summary>Opens so many sessions, each on a connection of its own.</summary>
    public async Task<LoadSession[]> OpenSessionsAsync(int count, string prefix = "s")
    {
        var sessions = new LoadSession[count];
        for (var i = 0; i < count; i++) sessions[i] = await LoadSession.OpenAsync(await ConnectAsync(), $"{prefix}{i}");
        return sessions;
    }

    public async Task<LoadSession> OpenSessionAsync(string name) => await LoadSession.OpenAsync(await ConnectAsync(), name);

    public void Latency(string name, Samples samples, double? p50 = null, double? p99 = null) => report.Add(Figure.Latency(scenario, name, samples, p50, p99));

    /// <summary>A bound for a figure: in one process, and in a cluster. Servers elsewhere have none.</summary>
    public double? Bound(double process, double? cluster = null) => options.Place switch
    {
        Place.Process => process,
        Place.Cluster => cluster,
        _ => null,
    };

    /// <summary>What is known only of servers that were started here.</summary>
    public void OfServer(string name, double value, string unit, double? atMost = null)
    {
        if (options.Place != Place.Address) Single(name, value, unit, atMost: atMost);
    }

    public void Single(string name, double value, string unit, double? atLeast = null, double? atMost = null) =>
        report.Add(Figure.Single(scenario, name, value, unit, atLeast, atMost));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections) await connection.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }
}
