using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Statistics;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Statistics;

/// <summary>What sessions commit is counted, reported and kept.</summary>
public sealed class StatisticsGrainTests
{
    private static readonly ToolResult Done = ToolResult.Success(JsonText.EmptyObject, "Done.");
    private static readonly ToolResult Broken = ToolResult.Failure(new("wrong", "It can't be done."));
    private static readonly ToolResult Open = ToolResult.Failure(new(ToolErrorCodes.CircuitOpen, "Too many failed.", Retryable: true));

    [Fact]
    public async Task Report_OfCallsThatEnded_CountsEachByItsTool()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await WatchAsync(cluster);
        await EndAsync(cluster, watch, "plain", Done);
        await EndAsync(cluster, watch, "plain", Broken);
        var weak = await RunAsync(cluster, watch, "weak");
        cluster.Tool("weak").End(weak, Open);
        await watch.NextAsync<ToolStarted>();
        cluster.Tool("again").End(weak, Done);
        await watch.NextAsync<BatchCompleted>();
        var refused = await cluster.DoAsync(new RunTools([new("asks", JsonText.EmptyObject)]));
        await watch.NextAsync<ToolApprovalRequired>();
        await cluster.DoAsync(new DenyTool(refused.GetProperty("executionIds")[0].GetString()!));

        var report = await ReportAsync(cluster, report => report.Total.Calls == 4 && report.Tools.All(tool => tool.Running + tool.Waiting == 0));

        Assert.Equal(["again", "plain", "weak"], report.Tools.Select(tool => tool.Tool));
        Assert.Equal(
            [(1L, 1L, 0L, 0L), (2, 1, 1, 0), (1, 0, 1, 1)],
            report.Tools.Select(tool => (tool.Figures.Calls, tool.Figures.Completed, tool.Figures.Failed, tool.Figures.Fallbacks)));
        Assert.Equal((0.5, 4L), (report.Total.SuccessRate, report.Points.Sum(point => point.Figures.Calls)));
        Assert.NotNull(report.Total.P50Ms);
    }

    [Fact]
    public async Task Report_OfCallsUnderWay_SaysHowManyRunAndWait()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await WatchAsync(cluster);
        await RunAsync(cluster, watch, "plain");
        await cluster.DoAsync(new RunTools([new("asks", JsonText.EmptyObject)]));

        var report = await ReportAsync(cluster, report => report.Tools.Length == 2 && report.Tools[0].Waiting == 1);

        Assert.Equal([("asks", 0, 1), ("plain", 1, 0)], report.Tools.Select(tool => (tool.Tool, tool.Running, tool.Waiting)));
        var here = (await cluster.Session().GetStatisticsAsync(StatisticsWindow.Hour, null, SessionCluster.Alice)).Value!;
        Assert.Equal([("asks", 0, 1), ("plain", 1, 0)], here.Tools.Select(tool => (tool.Tool, tool.Running, tool.Waiting)));
    }

    [Fact]
    public async Task Restart_Silo_KeepsWhatWasCounted()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await WatchAsync(cluster);
        await EndAsync(cluster, watch, "plain", Done);

        await cluster.RestartAsync();

        foreach (var window in Enum.GetValues<StatisticsWindow>())
        {
            Assert.Equal(1, (await cluster.Grains.GetGrain<IStatisticsGrain>("acme").GetAsync(window, null)).Total.Completed);
        }
    }

    [Fact]
    public async Task Report_Repeated_CountsOnce()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var account = cluster.Grains.GetGrain<IStatisticsAccount>("other");
        var table = new CountsTable();
        table.Of("shell").Calls = 3;
        var counts = new StatisticsCounts("silo", 1, [new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), table.Pack())], [new("shell", 2, 1, 2)]);

        await account.ReportAsync(counts);
        await account.ReportAsync(counts);
        await account.ReportAsync(counts with { Sender = "another" });

        var report = await cluster.Grains.GetGrain<IStatisticsGrain>("other").GetAsync(StatisticsWindow.Hour, "nobody");
        Assert.Equal((6L, 4, 2, 2), (report.Tools[0].Figures.Calls, report.Tools[0].Running, report.Tools[0].Waiting, report.Tools[0].Breaker));
        Assert.Empty(report.Points);
    }

    [Fact]
    public async Task Session_Statistics_AreItsOwn()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var watch = await WatchAsync(cluster);
        await EndAsync(cluster, watch, "plain", Done);
        await EndAsync(cluster, watch, "plain", Broken);
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject), session: "s2");

        var mine = (await cluster.Session().GetStatisticsAsync(StatisticsWindow.Hour, "plain", SessionCluster.Alice)).Value!;

        Assert.Equal((2L, 1L, 1L), (mine.Total.Calls, mine.Total.Completed, mine.Total.Failed));
        Assert.Equal(2, mine.Points.Sum(point => point.Figures.Calls));
        Assert.Equal(0, (await cluster.Session("s2").GetStatisticsAsync(StatisticsWindow.Hour, null, SessionCluster.Alice)).Value!.Total.Calls);
        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().GetStatisticsAsync(StatisticsWindow.Hour, null, SessionCluster.Bob)).Error!.Code);
    }

    private static async Task<EventsWatch> WatchAsync(SessionCluster cluster)
    {
        await cluster.DoAsync(new ConfigureSession(JsonText.EmptyObject));
        return await cluster.WatchAsync();
    }

    private static async Task<string> RunAsync(SessionCluster cluster, EventsWatch watch, string tool)
    {
        var run = await cluster.DoAsync(new RunTools([new(tool, JsonText.EmptyObject)]));
        await watch.NextAsync<ToolStarted>();
        return run.GetProperty("executionIds")[0].GetString()!;
    }

    private static async Task EndAsync(SessionCluster cluster, EventsWatch watch, string tool, ToolResult result)
    {
        cluster.Tool(tool).End(await RunAsync(cluster, watch, tool), result);
        await watch.NextAsync<BatchEnded>();
    }

    private static async Task<StatisticsReport> ReportAsync(SessionCluster cluster, Func<StatisticsReport, bool> holds)
    {
        StatisticsReport report = null!;
        await cluster.UntilAsync(async () => holds(report = await cluster.Grains.GetGrain<IStatisticsGrain>("acme").GetAsync(StatisticsWindow.Hour, null)));
        return report;
    }
}
