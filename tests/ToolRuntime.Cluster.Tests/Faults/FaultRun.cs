using System.Diagnostics;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>A cluster under work, fault after fault, and what must be true after each of them and at the end.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const int Sessions = 6, Silos = 3, Gateways = 2;

    private readonly MarkedProcesses processes = new();
    private readonly List<FaultClient> clients = [];
    private readonly List<(FaultClient Client, FaultWork Work)> working = [];
    private readonly FaultFigures figures = new();
    private readonly ProxiedCluster cluster;
    private readonly Random random;
    private readonly Faults faults;
    private readonly Action<string> log;
    private readonly FaultKind[] kinds;
    private Queue<FaultKind> coming = [];

    private FaultRun(ProxiedCluster cluster, int seed, bool mayLose, Action<string> log)
    {
        (this.cluster, this.log, random) = (cluster, log, new(seed));
        kinds = [.. Enum.GetValues<FaultKind>().Where(kind => mayLose || kind != FaultKind.RedisRolledBack)];
        faults = new(cluster, clients, processes, new(seed + 1));
        for (var i = 0; i < Sessions; i++)
        {
            var session = $"faults-{i}";
            var work = new FaultWork(session, processes, new(seed + 10 + i), faults.Rollbacks);
            var client = new FaultClient(cluster, session, i % Gateways, work, faults.Rollbacks);
            working.Add((client, work));
            clients.Add(client);
            clients.Add(new(cluster, session, (i + 1) % Gateways, null, faults.Rollbacks));
        }
    }

    /// <param name="fsync">Redis' <c>appendfsync</c>; only with <c>everysec</c> may something be lost, with Redis itself.</param>
    /// <param name="seed">Decides which faults come, and where, and what is run.</param>
    /// <param name="log">Takes a line a fault.</param>
    public static async Task<FaultRun> BeginAsync(string fsync, int seed, Action<string> log)
    {
        var cluster = await ProxiedCluster.StartAsync(
            Silos, Gateways, ["--appendfsync", fsync],
            ["--ToolRuntime:Runners:GraceSeconds", "3"], ["--ToolRuntime:Feeds:BusyCheckMs", "2000", "--ToolRuntime:Feeds:IdleCheckMs", "5000"]);
        var run = new FaultRun(cluster, seed, fsync == "everysec", log);
        foreach (var client in run.clients) client.Start();
        await run.GoOnAsync();
        return run;
    }

    public async Task FaultAsync(int number)
    {
        if (coming.Count == 0) coming = new(kinds.OrderBy(_ => random.Next()));
        List<FaultKind> now = [coming.Dequeue()];
        // Now and then two at once, that don't touch the same.
        if (random.Next(5) == 0 && coming.TryPeek(out var second) && IsApart(now[0], second)) now.Add(coming.Dequeue());
        var began = Stopwatch.GetTimestamp();
        var befallen = await Task.WhenAll(now.Select(faults.BefallAsync));
        var lasted = Stopwatch.GetElapsedTime(began);
        await GoOnAsync();
        faults.Rollbacks.End();
        foreach (var one in befallen) one.Measure(clients, figures);
        var names = string.Join(" and ", now.Zip(befallen, (kind, one) => $"{kind} ({one.Whom})"));
        log($"fault {number}: {names}; it lasted {lasted.TotalSeconds:0.0} s, all went on after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        await clients[random.Next(clients.Count)].GetOnAsync(random.Next(1, 20));
    }

    /// <summary>Everything comes to its end, and what clients saw is what the log has.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(working.Select(one => one.Client.FinishAsync()));
        await processes.NoneLeftAsync();
        await using var reader = await ProtocolClient.ConnectAsync(cluster.Gateways[0].Url);
        foreach (var session in clients.GroupBy(client => client.Session))
        {
            var whole = await reader.OpenAsync(session.Key);
            foreach (var client in session)
            {
                await client.ReachAsync(whole);
                client.Record.SameAs(whole);
            }
        }

        var (ended, attempts) = (0, 0);
        foreach (var (client, work) in working)
        {
            FaultCheck.Commands(client);
            FaultCheck.Attempts(client.Record);
            FaultCheck.Processes(cluster.WorkspaceOf(client.Session), work, faults.Rollbacks.Begun);
            ended += client.Record.Events.Count(e => e.EndsBatch);
            attempts += client.Record.Events.Count(e => e.ErrorCode == "runner_lost");
        }

        log($"{clients.Sum(client => client.Record.Events.Count)} events were compared, {ended} batches ended once, {attempts} attempts were interrupted, {faults.Rollbacks.Begun} times the store went back");
        foreach (var line in figures.Lines()) log(line);
    }

    /// <summary>Writes down what all processes have printed.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var member in cluster.Members) File.WriteAllText(Path.Combine(folder, $"{member.Name.Replace(' ', '-')}.log"), member.Output);
        foreach (var (client, number) in clients.Select((client, number) => (client, number)))
        {
            File.WriteAllLines(Path.Combine(folder, $"client-{number}-{client.Session}.jsonl"), client.Record.Events.Select(e => e.Raw));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) await client.DisposeAsync();
        await cluster.DisposeAsync();
    }

    /// <summary>Until every client has seen something new of its session.</summary>
    private Task GoOnAsync() => Task.WhenAll(clients.Select(client => client.GetOnAsync(1)));

    /// <summary>A silo without Redis, as all others, neither leaves nor stops well.</summary>
    private static bool IsApart(FaultKind one, FaultKind other) =>
        Target(one) != Target(other) && !((Target(one) == "Redis" && !IsSudden(other)) || (Target(other) == "Redis" && !IsSudden(one)))
            && one != FaultKind.RedisRolledBack && other != FaultKind.RedisRolledBack;

    private static bool IsSudden(FaultKind kind) => kind is FaultKind.SiloKilled or FaultKind.SiloPaused or FaultKind.WatchdogKilled or FaultKind.ToolKilled
        or FaultKind.GatewayKilled or FaultKind.GatewayPaused or FaultKind.PublishedLost;

    private static string Target(FaultKind kind) =>
        kind == FaultKind.ConnectionsReset ? "Redis" : new[] { "Silo", "Gateway", "Redis" }.FirstOrDefault($"{kind}".StartsWith) ?? $"{kind}";
}
