using System.Diagnostics;
using System.Text;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>Brings faults about, and puts right what they have broken; the run sees what comes of it.</summary>
internal sealed class Faults(ProxiedCluster cluster, IReadOnlyList<FaultClient> clients, MarkedProcesses processes, Random random)
{
    private const int SigKill = 9, SigCont = 18, SigStop = 19;

    private const string Leaves = "This silo does not reach the store, others do", Ready = "Silo ready on ";

    public Rollbacks Rollbacks { get; } = new();

    /// <summary>Returns when everything is in its place again.</summary>
    public async Task<Befallen> BefallAsync(FaultKind kind)
    {
        var (silo, gateway) = (Any(cluster.Silos), Any(cluster.Gateways));
        var there = clients.Where(client => cluster.Gateways[client.Gateway] == gateway).ToList();
        var since = Stopwatch.GetTimestamp();
        switch (kind)
        {
            case FaultKind.SiloKilled:
                await silo.Process.KillAsync();
                await LastAsync(0, 3_000);
                await silo.StartAsync();
                return new(silo, since, "an affected session, kill -9 of its silo", Lost);
            case FaultKind.SiloStopped:
                Assert.Equal(0, await silo.Process.StopAsync());
                await silo.StartAsync();
                return new(silo, since);
            case FaultKind.SiloHung:
                silo.Process.Suspend();
                await LastAsync(4_000, 6_000);
                silo.Process.Continue();
                await silo.Process.Exited;
                await silo.StartAsync();
                return new(silo, since, "an affected session, SIGSTOP of its silo", Lost);
            case FaultKind.SiloPaused:
                silo.Process.Suspend();
                await LastAsync(200, 1_000);
                silo.Process.Continue();
                return new(silo, since);
            case FaultKind.SiloCutOff or FaultKind.SiloUnheard:
                await IsolateAsync(silo, kind);
                return new(silo, since, $"an affected session, its silo {(kind == FaultKind.SiloCutOff ? "cut off from Redis" : "silently cut off")}", Lost);
            case FaultKind.WatchdogKilled:
                foreach (var id in Any([.. WatchdogsOf(silo.Process.Id), []])) _ = GatewayProcess.Signal(id, SigKill);
                return new(silo, since);
            case FaultKind.ToolKilled:
                if (processes.Find() is { Count: > 0 } running) _ = GatewayProcess.Signal(Any(running).Id, SigKill);
                return new("a tool", since);
            case FaultKind.GatewayKilled:
                await gateway.Process.KillAsync();
                await gateway.StartAsync();
                return new(gateway, since, "a client elsewhere, kill -9 of its gateway", (client, since) => there.Contains(client) && client.OpenedAt > since ? client.OpenedAt : null);
            case FaultKind.GatewayStopped:
                Assert.Equal(0, await gateway.Process.StopAsync());
                await gateway.StartAsync();
                return new(gateway, since, "a client elsewhere, SIGTERM to its gateway", (client, since) => there.Contains(client) && client.OpenedAt > since ? client.OpenedAt : null);
            case FaultKind.GatewayPaused:
                gateway.Process.Suspend();
                await LastAsync(500, 3_000);
                gateway.Process.Continue();
                return new(gateway, since);
            case FaultKind.GatewayCutOff:
                gateway.Network.Cut();
                await LastAsync(500, 4_000);
                gateway.Network.Mend();
                return new(gateway, Stopwatch.GetTimestamp(), "a client, its gateway has Redis again", (client, since) => there.Contains(client) ? Next(client, since) : null);
            case FaultKind.PublishedLost:
                gateway.Network.DropsPublished = true;
                await LastAsync(500, 3_000);
                gateway.Network.DropsPublished = false;
                return new(gateway, since);
            case FaultKind.ConnectionsReset:
                foreach (var member in cluster.Members) member.Network.Reset();
                foreach (var client in clients) client.Break();
                return new("all", since, "all connections reset", Next);
            case FaultKind.RedisKilled:
                await cluster.Redis.KillAsync();
                await LastAsync(0, 3_000);
                await cluster.Redis.StartAgainAsync();
                return new("redis", Stopwatch.GetTimestamp(), "a session, Redis answers again", Next);
            case FaultKind.RedisPaused:
                _ = GatewayProcess.Signal(cluster.Redis.Id, SigStop);
                await LastAsync(500, 4_000);
                _ = GatewayProcess.Signal(cluster.Redis.Id, SigCont);
                return new("redis", since);
            case FaultKind.SessionTaken:
                var taken = Any(clients).Session;
                await cluster.RedisAsync("HSET", $"toolruntime:{{dev/{taken}}}:h", "token", $"of-the-test-{random.Next()}");
                return new(taken, since, "a session that another took", (client, since) => client.Session == taken ? Next(client, since) : null);
            case FaultKind.RedisRolledBack:
                return await RollBackAsync();
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }

    /// <summary>A silo that others can do without leaves, and comes back by itself as a new one.</summary>
    private async Task IsolateAsync(ClusterMember silo, FaultKind kind)
    {
        var printed = silo.Process.Printed;
        if (kind == FaultKind.SiloCutOff) silo.Network.Cut();
        else silo.Network.Stall();
        await Limits.UntilAsync(() => silo.Process.SaidSince(printed, Leaves), () => $"{silo} leaves");
        await LastAsync(0, 5_000);
        silo.Network.Mend();
        await Limits.UntilAsync(() => silo.Process.SaidSince(printed, Ready), () => $"a new silo in the process of {silo}");
    }

    private async Task<Befallen> RollBackAsync()
    {
        var putBack = cluster.Redis.Copy();
        await Any(clients).GetOnAsync(random.Next(3, 40));
        Rollbacks.Begin();
        await cluster.Redis.KillAsync();
        putBack();
        await LastAsync(0, 2_000);
        await cluster.Redis.StartAgainAsync();
        return new("redis", Stopwatch.GetTimestamp(), "a session, Redis answers with an older file", Next);
    }

    /// <summary>When the first attempt of a session on a silo that is gone was said to be lost: its batch goes on.</summary>
    private static long? Lost(FaultClient client, long since) => client.Record.Events.FirstOrDefault(e => e.Came > since && e.ErrorCode == "runner_lost")?.Came;

    private static long? Next(FaultClient client, long since) => client.Record.Events.FirstOrDefault(e => e.Came > since)?.Came;

    private static IEnumerable<int[]> WatchdogsOf(int silo)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            var found = false;
            try
            {
                var stat = File.ReadAllText($"{folder}/stat");
                found = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{silo}"
                    && File.ReadAllBytes($"{folder}/cmdline").AsSpan().IndexOf(Encoding.ASCII.GetBytes("toolruntime-watchdog")) >= 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has just ended.
            }

            if (found) yield return [id];
        }
    }

    private T Any<T>(IReadOnlyList<T> all)
    {
        lock (random) return all[random.Next(all.Count)];
    }

    /// <summary>How long a fault lasts is a part of it.</summary>
    private Task LastAsync(int fromMs, int toMs)
    {
        lock (random) return Task.Delay(random.Next(fromMs, toMs));
    }
}

/// <summary>What has befallen, when, and when work went on for those whom it concerns, on the same clock.</summary>
internal sealed record Befallen(object Whom, long Since, string? Figure = null, Func<FaultClient, long, long?>? GoesOn = null)
{
    public void Measure(IEnumerable<FaultClient> clients, FaultFigures figures)
    {
        if (Figure is null) return;
        foreach (var at in clients.Select(client => GoesOn!(client, Since)).OfType<long>()) figures.Add(Figure, Stopwatch.GetElapsedTime(Since, at));
    }
}
