using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Placement;

/// <summary>A tool of the pool <c>gpu</c>, which the last silo is in, or none.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task Run_ToolOfAPool_RunsOnItsSiloWhereverTheSessionIs()
    {
        await using var cluster = await StartAsync(index => index == 1 ? ["gpu"] : []);
        for (var i = 0; i < 6; i++)
        {
            var session = $"s{i}";
            var watch = await cluster.WatchAsync(session);
            await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]), session: session);
            var id = (await watch.NextAsync<ToolStarted>()).ExecutionId!;
            await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork([id], session).Length == 1));
            Assert.Equal([1], cluster.SilosAtWork([id], session));

            cluster.Tool("plain").End(id, ToolResult.Success(JsonText.EmptyObject, "done"));
            await watch.NextAsync<BatchCompleted>();
        }
    }

    [Fact]
    public async Task Run_PoolWithoutASilo_WaitsUntilThereIsOne()
    {
        await using var cluster = await StartAsync(index => index == 2 ? ["gpu"] : []);
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], MaxWaitMs: 600_000));
        await watch.NextAsync<BatchStarted>();
        for (var i = 0; i < 20; i++) await cluster.Session().OpenAsync(SessionCluster.Alice);
        Assert.True(watch.IsSilent);

        var started = watch.NextAsync<ToolStarted>();
        await cluster.StartSiloAsync();

        var id = (await started).ExecutionId!;
        await cluster.UntilAsync(() => Task.FromResult(cluster.SilosAtWork([id]).Length == 1));
        Assert.Equal([2], cluster.SilosAtWork([id]));
    }

    [Fact]
    public async Task Run_MoveToThePoolsSiloIsLost_IsRepeated()
    {
        var losing = new LosesMoves();
        await using var cluster = await SessionCluster.StartAsync(
            plain: policy => policy.Pool = "gpu", silos: 2, pools: index => index == 2 ? ["gpu"] : [], more: host => host.Services.AddSingleton<IOutgoingGrainCallFilter>(losing));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], MaxWaitMs: 600_000));
        await watch.NextAsync<BatchStarted>();

        var started = watch.NextAsync<ToolStarted>();
        await cluster.StartSiloAsync();

        await started;
        Assert.Equal(3, losing.Lost);
    }

    [Fact]
    public async Task Run_PoolWithoutASilo_EndsWithItsBatch()
    {
        await using var cluster = await StartAsync(_ => []);
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)], MaxWaitMs: 1_000));

        Assert.DoesNotContain(await watch.UntilAsync(e => e is BatchTimedOut), e => e is ToolStarted);
    }

    [Fact]
    public async Task Kill_OfThePoolsSilo_LosesTheRunner()
    {
        await using var cluster = await StartAsync(index => index == 2 ? ["gpu"] : [], silos: 3);
        var watches = new List<EventsWatch>();
        for (var i = 0; i < 4; i++)
        {
            watches.Add(await cluster.WatchAsync($"s{i}"));
            await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]), session: $"s{i}");
            await watches[i].NextAsync<ToolStarted>();
        }

        await cluster.KillLastSiloAsync();

        foreach (var watch in watches) Assert.Equal(ToolErrorCodes.RunnerLost, (await watch.NextAsync<ToolFailed>()).Error.Code);
    }

    /// <summary>Loses the first calls to an execution that don't come from its session.</summary>
    private sealed class LosesMoves : IOutgoingGrainCallFilter
    {
        private const int AtMost = 3;
        private int lost;

        public int Lost => Math.Min(Volatile.Read(ref lost), AtMost);

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            var moves = context.InterfaceName.EndsWith("IToolExecutionGrain", StringComparison.Ordinal) && context.MethodName is "TakeOverAsync" or "WakeAsync"
                && context.SourceId?.Type.ToString() != "session";
            return moves && Interlocked.Increment(ref lost) <= AtMost ? throw new TimeoutException("Lost.") : context.Invoke();
        }
    }

    private static Task<SessionCluster> StartAsync(Func<int, string[]> pools, short silos = 2) =>
        SessionCluster.StartAsync(plain: policy => policy.Pool = "gpu", silos: silos, pools: pools);
}
