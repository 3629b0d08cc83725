using System.Diagnostics;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Silos that don't reach Redis, alone or all of them.</summary>
public sealed class IsolationTests
{
    private const string Left = "This silo does not reach the store, others do";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silo_CutOffFromRedisAlone_ItsWorkGoesOnElsewhereAndItComesBackByItself(bool silently)
    {
        await using var cluster = await ProxiedCluster.StartAsync(2, 1, []);
        var processes = new MarkedProcesses();
        using var held = new HeldCommands();
        await using var client = await ProtocolClient.ConnectAsync(cluster.Gateways[0].Url);
        var records = await RunAsync(client, held.Command(processes, idempotent: true));
        var cut = cluster.Silos[0];

        var since = Stopwatch.GetTimestamp();
        if (silently) cut.Network.Stall();
        else cut.Network.Cut();
        await SaidAsync(cut, Left);
        held.LetGo();
        foreach (var record in records) await record.IdleAsync(1);
        var went = Stopwatch.GetElapsedTime(since);
        Assert.Contains(records.SelectMany(record => record.Events), e => e.ErrorCode == "runner_lost");
        Assert.All(records, record => Assert.Contains(record.Events, e => e.Type == "batch.completed"));
        Assert.DoesNotContain(Left, cluster.Silos[1].Output, StringComparison.Ordinal);

        cut.Network.Mend();
        await Limits.UntilAsync(() => cut.Output.Split("Silo ready on ").Length == 3, () => $"a new silo is ready: {cut.Output}");
        await cluster.Silos[1].Process.KillAsync();
        foreach (var record in await RunAsync(client, held.Command(processes, idempotent: true), "later")) await record.IdleAsync(1);
        var piped = await client.OpenAsync("piped");
        await client.SendAsync(Command.RunTools("piped", ToolUse.Shell(processes, "yes | head -n 1")));
        await piped.IdleAsync(1);
        Assert.Equal(["y\n"], piped.Events.Where(e => e.Type == "tool.output").Select(e => e.Text("text"))); // nothing of a broken pipe: signals are as they were
        Assert.Equal(0, await cut.Process.StopAsync());
        await processes.NoneLeftAsync();
        Console.WriteLine($"Everything had gone on elsewhere {went.TotalSeconds:0.0} s after the cut.");
    }

    [Fact]
    public async Task Redis_AwayForAll_NoSiloLeaves()
    {
        await using var cluster = await ProxiedCluster.StartAsync(2, 1, []);
        var processes = new MarkedProcesses();
        using var held = new HeldCommands();
        await using var client = await ProtocolClient.ConnectAsync(cluster.Gateways[0].Url);
        var records = await RunAsync(client, held.Command(processes, idempotent: true));

        await cluster.Redis.KillAsync();
        foreach (var silo in cluster.Silos) await SaidAsync(silo, "The store sessions fails");
        using (var away = new PeriodicTimer(TimeSpan.FromSeconds(4))) await away.WaitForNextTickAsync(); // twice as long as a silo alone would stay
        await cluster.Redis.StartAgainAsync();
        held.LetGo();

        foreach (var record in records) await record.IdleAsync(1);
        Assert.All(records, record => Assert.Contains(record.Events, e => e.Type == "batch.completed"));
        Assert.All(cluster.Silos, silo => Assert.DoesNotContain(Left, silo.Output, StringComparison.Ordinal));
    }

    private static async Task<List<SessionRecord>> RunAsync(ProtocolClient client, ToolUse command, string name = "work")
    {
        var records = new List<SessionRecord>();
        for (var i = 0; i < 12; i++)
        {
            var record = await client.OpenAsync($"{name}-{i}");
            records.Add(record);
            await client.SendAsync(Command.RunTools(record.Session, command));
        }

        foreach (var record in records) await record.FirstAsync(e => e.Type == "tool.output", "a command prints");
        return records;
    }

    private static Task SaidAsync(ClusterMember member, string words) =>
        Limits.UntilAsync(() => member.Output.Contains(words, StringComparison.Ordinal), () => $"{member} said '{words}': {member.Output}");
}
