using System.Diagnostics;
using Orleans.Runtime;
using ToolRuntime.Commands;
using Xunit.Abstractions;

namespace ToolRuntime.LoadExample.Tests;

/// <summary>What a load test of your own may look like.</summary>
public sealed class ManySessionsTests(ITestOutputHelper output)
{
    private const int Sessions = 100;
    private const int CallsPerBatch = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Batches_OfManySessionsAtOnce_AllEnd_OnEverySilo()
    {
        var prices = new PricesTool();
        await using var cluster = await LoadCluster.StartAsync(3, prices);

        var from = Stopwatch.GetTimestamp();
        var batches = await RunAsync(cluster).WaitAsync(Patience);
        output.WriteLine($"{Sessions * CallsPerBatch / Stopwatch.GetElapsedTime(from).TotalSeconds:N0} executions/s on three silos");

        Assert.All(batches, batch => Assert.Equal((1, CallsPerBatch), (batch.Count("batch.completed"), batch.Count("tool.completed"))));
        Assert.Equal(Sessions * CallsPerBatch, prices.Attempts.Count);
        Assert.All(prices.Attempts, attempts => Assert.Equal(1, attempts.Value));
        Assert.Equal(3, (await SilosOfSessionsAsync(cluster)).Count);
    }

    [Fact]
    public async Task Batches_WhileASiloStops_AllEndOnce()
    {
        var prices = new PricesTool();
        await using var cluster = await LoadCluster.StartAsync(3, prices);

        var running = RunAsync(cluster);
        await cluster.Silos.StopSiloAsync(cluster.Silos.Silos[^1]);
        var batches = await running.WaitAsync(Patience);

        Assert.All(batches, batch => Assert.Equal((1, CallsPerBatch), (batch.Count("batch.completed"), batch.Count("tool.completed"))));
        Assert.Equal(Sessions * CallsPerBatch, prices.Attempts.Count);
    }

    private static Task<BatchWatch[]> RunAsync(LoadCluster cluster) =>
        Task.WhenAll(Enumerable.Range(0, Sessions).Select(session => cluster.RunAsync($"s{session}", [.. Enumerable.Range(0, CallsPerBatch).Select(call => Call(session, call))])));

    private static ToolInvocation Call(int session, int call) => new("prices", new($$"""{"article":"article {{call}} of {{session}}"}"""));

    private static async Task<HashSet<SiloAddress>> SilosOfSessionsAsync(LoadCluster cluster)
    {
        var grains = await cluster.Silos.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return [.. grains.Where(grain => grain.GrainId.Type.ToString() == "session").Select(grain => grain.SiloAddress)];
    }
}
