using System.Globalization;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Scenarios;

internal sealed class RollingRestart() : Scenario("rolling-restart", "every silo and gateway is stopped with SIGTERM and started again, one after the other, while 50 clients run batches")
{
    private const int Clients = 50;
    private static readonly string Batch = $"{Calls.Computer},{Calls.Shell("sleep 1")}";

    public override Place Places => Place.Cluster;

    public override TimeSpan Limit(LoadOptions options) => TimeSpan.FromMinutes(8);

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync("--ToolRuntime:Runners:MaxProcesses", "1000");
        var (cluster, away, batches) = ((LocalCluster)run.Server, new Samples(), new Samples());
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(i => new LastingSession(n => LoadConnection.OpenAsync(cluster.Sockets[n % cluster.Sockets.Count]), string.Create(CultureInfo.InvariantCulture, $"rolling{i}"), i, away)).ToArray();
        var working = Task.WhenAll(clients.Select(WorkAsync));
        foreach (var name in cluster.Names().ToArray())
        {
            await Task.Delay(TimeSpan.FromSeconds(5));
            await cluster.RestartAsync(name);
        }

        await Task.Delay(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        var failed = (await working).Sum();
        run.Single("executions that failed", failed, "executions", atMost: 0);
        run.Single("reconnects of a client, most", clients.Max(client => client.Reconnects), "times", atMost: cluster.Sockets.Count);
        run.Latency("a client's time without its session", away);
        run.Latency("batch of computer and sleep 1", batches);

        async Task<long> WorkAsync(LastingSession client)
        {
            await using var closing = client;
            await client.OpenAsync();
            var bad = 0L;
            while (!stop.IsCancellationRequested)
            {
                var step = await client.RunAsync(Batch);
                bad += 2 - step.Completed;
                batches.Add(step.SentAt, step.EndedAt);
            }

            return bad;
        }
    }
}
