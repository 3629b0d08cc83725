using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Scenarios;

/// <summary>What a scenario works with: its server, connections to it, and where its figures go.</summary>
internal sealed class ScenarioRun(string scenario, LoadOptions options, DataFolder data, GatewayProgram program, Report report) : IAsyncDisposable
{
    private readonly List<LoadConnection> connections = [];
    private GatewayProcess? server;

    public LoadOptions Options => options;

    public GatewayProgram Program => program;

    public GatewayProcess Server => server ?? throw new InvalidOperationException("No server was started.");

    public string ServerLog => server?.Log ?? "";

    /// <summary>Starts the scenario's server.</summary>
    public async Task StartServerAsync(params string[] settings) => server = await GatewayProcess.StartAsync(program, data.Next(), "/readyz", settings);

    /// <summary>Starts another server, which the caller disposes.</summary>
    public Task<GatewayProcess> StartAnotherAsync(string path) => GatewayProcess.StartAsync(program, data.Next(), path);

    public async Task<LoadConnection> ConnectAsync()
    {
        var connection = await LoadConnection.OpenAsync(Server.Socket);
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

    public void Single(string name, double value, string unit, double? atLeast = null, double? atMost = null) =>
        report.Add(Figure.Single(scenario, name, value, unit, atLeast, atMost));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections) await connection.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }
}
