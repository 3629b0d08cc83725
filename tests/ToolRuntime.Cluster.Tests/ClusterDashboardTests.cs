using System.Text.Json;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Orleans' dashboard on gateways that hold no silo.</summary>
public sealed class ClusterDashboardTests
{
    [Fact]
    public async Task Dashboard_OfAGatewayWithoutASilo_ShowsTheSilos()
    {
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:Dashboard:Enabled", "true");
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));

        while (await SilosAsync(http) < 2) await timer.WaitForNextTickAsync(limit.Token);

        Assert.Contains("<html", await http.GetStringAsync(new Uri("/orleans/", UriKind.Relative), limit.Token), StringComparison.Ordinal);
    }

    private static async Task<int> SilosAsync(HttpClient http)
    {
        var counters = JsonElement.Parse(await http.GetStringAsync(new Uri("/orleans/DashboardCounters", UriKind.Relative)));
        return counters.GetProperty("hosts").EnumerateArray().Count(host => host.GetProperty("status").GetString() == "Active");
    }
}
