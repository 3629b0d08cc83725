using System.Text.Json;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>What clients need in order to go on at another gateway, and what operators see of it.</summary>
public sealed class GoingOnTests
{
    private const int Clients = 50;
    private const int Sessions = 10;

    [Fact]
    public async Task GatewayKilledUnderFiftyClients_AllGoOnWhereItHasNamedAndMissNothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        var processes = new MarkedProcesses();
        var (dead, other) = (await AddressAsync(cluster, 0), await AddressAsync(cluster, 1));
        await NamedAsync(cluster, dead, other);
        var clients = new List<(ProtocolClient Client, SessionRecord Record)>();
        for (var i = 0; i < Clients; i++)
        {
            var client = await cluster.ConnectAsync(0);
            clients.Add((client, await client.OpenAsync($"many-{i % Sessions}")));
        }

        foreach (var (client, record) in clients.Take(Sessions)) await client.SendAsync(Command.RunTools(record.Session, Printing(processes)));
        foreach (var (_, record) in clients) await record.FirstAsync(e => e.Type == "tool.output", "a command prints");
        await cluster.Gateways[0].KillAsync();

        var next = await Task.WhenAll(clients.Select(one => GoOnAsync(one.Client, one.Record, dead)));
        foreach (var (_, record) in clients) await record.IdleAsync(1);

        Assert.Equal(Clients, await CountAsync(other, "total"));
        foreach (var group in clients.Select(one => one.Record).GroupBy(record => record.Session))
        {
            var first = group.First();
            Assert.Single(first.Events, e => e.Type == "batch.completed");
            foreach (var record in group)
            {
                record.Verify();
                await record.UntilAsync(() => record.Cursor >= first.Cursor, "as far as the others");
                record.SameAs(first);
            }
        }

        foreach (var client in next) await client.DisposeAsync();
        foreach (var (client, _) in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Connections_OfAllGateways_AreListedByEach()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (one, other) = (await AddressAsync(cluster, 0), await AddressAsync(cluster, 1));
        await using var first = await cluster.ConnectAsync(0);
        await using var second = await cluster.ConnectAsync(1);
        await first.OpenAsync("here");
        await second.OpenAsync("there");

        foreach (var gateway in (Uri[])[one, other])
        {
            var all = await ConnectionsAsync(gateway);
            Assert.Equal((2, 2), (all.GetProperty("gateways").GetInt32(), all.GetProperty("total").GetInt32()));
            Assert.False(all.TryGetProperty("silent", out _));
            var at = all.GetProperty("connections").EnumerateArray().ToDictionary(c => c.GetProperty("sessions")[0].GetString()!, c => c.GetProperty("gateway").GetString());
            Assert.Equal(["here", "there"], at.Keys.Order());
            Assert.Equal(at[gateway == one ? "here" : "there"], all.GetProperty("gateway").GetString());
            Assert.NotEqual(at["here"], at["there"]);
            Assert.Equal(1, (await ConnectionsAsync(gateway, "?session=there")).GetProperty("total").GetInt32());
        }
    }

    private static async Task<ProtocolClient> GoOnAsync(ProtocolClient client, SessionRecord record, Uri dead)
    {
        Assert.Null(await client.Closed);
        var named = client.Welcome.GetProperty("gateways").EnumerateArray().Select(url => new Uri(url.GetString()!)).Where(url => url.Authority != dead.Authority);
        var next = await ProtocolClient.ConnectAsync(Assert.Single(named));
        await next.OpenAsync(record);
        return next;
    }

    /// <summary>Waits until a gateway names all to those who come.</summary>
    private static async Task NamedAsync(TestCluster cluster, params Uri[] all)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            await using var client = await cluster.ConnectAsync(0);
            if (client.Welcome.TryGetProperty("gateways", out var named) && named.GetArrayLength() == all.Length) return;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<Uri> AddressAsync(TestCluster cluster, int gateway) => await cluster.Gateways[gateway].Listening;

    private static async Task<int> CountAsync(Uri gateway, string of) => (await ConnectionsAsync(gateway)).GetProperty(of).GetInt32();

    private static async Task<JsonElement> ConnectionsAsync(Uri gateway, string query = "")
    {
        using var http = new HttpClient { BaseAddress = gateway, Timeout = Limits.Timeout };
        return JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/connections{query}", UriKind.Relative)));
    }

    private static ToolUse Printing(MarkedProcesses processes) => ToolUse.Shell(processes, "for i in $(seq 40); do echo line $i; sleep 0.1; done", idempotent: false);
}
